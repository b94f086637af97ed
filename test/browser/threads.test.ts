import * as tf from '@tensorflow/tfjs-core';
import {getThreads, setThreads} from '../../backend/index.js';
import {pageThreadHost} from '../../backend/threads/page_thread_host.js';
import type {ThreadHost} from '../../backend/threads/thread_host.js';
import {describeThreads} from '../backend/threads/thread_cases.js';

/** karma.conf.cjs sends the headers that isolate the page of these tests. */
describe('threads in a page', () => {
  it('need one that is isolated', () => {
    expect(crossOriginIsolated).toBe(true);
  });

  it('are there for the backend', async () => {
    await tf.setBackend('int8');
    for (const count of [2, 3, 1]) {
      expect(await setThreads(count)).toBe(count);
      expect(getThreads()).toBe(count);
    }
  });
});

describeThreads('page', requireHost);

function requireHost(): ThreadHost {
  const host = pageThreadHost();
  if (host === undefined) throw new Error('this page has no workers');
  return host;
}
