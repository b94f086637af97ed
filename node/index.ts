/** The public API for Node: what src/index.ts exports, and file:// for loading and saving models. */
import {registerFileSystem} from './file_system.js';

registerFileSystem();

export * from '../src/index.js';
