/** The "int8" backend for Node: what backend/index.ts exports, and file:// for loading and saving models. */
import {setThreadHost} from '../backend/threads/thread_setting.js';
import {registerFileSystem} from './file_system.js';
import {nodeThreadHost} from './thread_host.js';

registerFileSystem();
setThreadHost(nodeThreadHost);

export * from '../backend/index.js';
