/** The "int8" backend for Node: what backend/index.ts exports, and file:// for loading and saving models. */
import {registerFileSystem} from './file_system.js';

registerFileSystem();

export * from '../backend/index.js';
