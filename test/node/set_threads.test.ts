import {loadGraphModel, type GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {setThreadHost} from '../../backend/threads/thread_setting.js';
import {nodeThreadHost} from '../../node/thread_host.js';
import {getThreads, quantize, setThreads} from '../../src/index.js';
import {smallMobileNet} from '../src/small_mobilenet.js';

const page = globalThis as {crossOriginIsolated?: boolean};

describe('setThreads', () => {
  const int8 = tf.findBackendFactory('int8');
  let artifacts: tf.io.ModelArtifacts;
  let model: GraphModel;
  let x: tf.Tensor;
  let started = 0;
  let ended = 0;

  beforeAll(async () => {
    setThreadHost({
      cores: 3,
      start(...parameters) {
        started++;
        const thread = nodeThreadHost.start(...parameters);
        return {
          end() {
            ended++;
            thread.end();
          },
        };
      },
    });
    tf.env().set('PROD', true);
    const float = await smallMobileNet(96);
    const quantized = await quantize(float);
    await quantized.save(
      tf.io.withSaveHandler(async given => {
        artifacts = given;
        return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
      }),
    );
  });

  beforeEach(startAnew);
  afterAll(remove);

  /** The backend as in a new process, but for what `setThreads` was told; with a model. */
  async function startAnew(): Promise<void> {
    remove();
    await tf.setBackend('int8');
    model = await loadGraphModel(tf.io.fromMemory(artifacts));
    x = tf.randomUniform([2, 96, 96, 3], 0, 1, 'float32', 5);
  }

  function remove(): void {
    if (tf.findBackendFactory('int8') != null) tf.removeBackend('int8');
    tf.registerBackend('int8', int8, 0);
    expect([getThreads(), ended]).toEqual([1, started]);
  }

  function predict(): number[] {
    const y = model.predict(x) as tf.Tensor;
    const values = Array.from(y.dataSync());
    y.dispose();
    return values;
  }

  /** Predicts until so many threads work; a test that waits in vain fails by its time limit. */
  async function predictUntil(threads: number): Promise<void> {
    while (getThreads() !== threads) {
      predict();
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  it('unless called, takes the cores that are there, from the first large op', async () => {
    const before = started;
    expect([getThreads(), started]).toEqual([1, before]);
    await predictUntil(3);
    expect(started).toBe(before + 2);
  });

  it('gives the same values for any number', async () => {
    expect(await setThreads(1)).toBe(1);
    const expected = predict();
    for (const count of [2, 3, 5]) {
      expect(await setThreads(count)).toBe(count);
      expect(getThreads()).toBe(count);
      for (let round = 0; round < 10; round++) expect(predict()).toEqual(expected);
    }
  });

  it('leaks no tensors', async () => {
    await setThreads(3);
    predict();
    const before = tf.memory().numTensors;
    predict();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('with 1 ends the workers', async () => {
    await setThreads(3);
    expect(await setThreads(1)).toBe(1);
    expect([getThreads(), ended]).toEqual([1, started]);
  });

  it('may come before the backend starts', async () => {
    remove();
    expect(await setThreads(2)).toBe(2);
    expect(getThreads()).toBe(1);
    await tf.setBackend('int8');
    while (getThreads() !== 2) await new Promise(resolve => setTimeout(resolve, 5));
  });

  it('is over when the backend is', async () => {
    await setThreads(3);
    expect(ended).toBe(started - 2);
    remove();
  });

  it('gives 1 in a page that is not isolated', async () => {
    await setThreads(1);
    const expected = predict();
    page.crossOriginIsolated = false;
    try {
      await startAnew();
      const before = started;
      expect(await setThreads(4)).toBe(1);
      expect(predict()).toEqual(expected);
      expect([getThreads(), started]).toEqual([1, before]);
    } finally {
      delete page.crossOriginIsolated;
    }
  });
});

describe('setThreads refuses', () => {
  for (const count of [0, -1, 2.5, NaN, 65, '2' as unknown as number]) {
    it(String(count), async () => {
      await expect(setThreads(count)).rejects.toThrow(
        `setThreads: ${count} is not a number of threads; give an integer of 1 … 64`,
      );
    });
  }
});
