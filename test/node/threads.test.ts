import {nodeThreadHost} from '../../node/thread_host.js';
import {describeThreads} from '../backend/threads/thread_cases.js';

describeThreads('Node', () => nodeThreadHost);
