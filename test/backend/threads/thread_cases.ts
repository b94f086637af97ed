import type {Microkernels} from '../../../backend/microkernels.js';
import {reference} from '../../../backend/reference/index.js';
import {simd} from '../../../backend/simd.js';
import {fastestBinary} from '../../../backend/simd_binary.js';
import {instantiateSimd, type SimdInstance} from '../../../backend/simd_module.js';
import {ACTIVE, FAILED, READY} from '../../../backend/threads/control.js';
import type {ThreadStart} from '../../../backend/threads/thread.js';
import type {ThreadHost} from '../../../backend/threads/thread_host.js';
import {ThreadPool, type Program} from '../../../backend/threads/thread_pool.js';
import {Threads} from '../../../backend/threads/threads.js';
import {Random} from '../oracle/random.js';
import {RANDOM_MICROKERNELS} from './random_microkernels.js';

const ROUNDS = 40;

async function sharedInstance(): Promise<SimdInstance> {
  const instance = instantiateSimd(true, await fastestBinary());
  if (instance?.isShared !== true) throw new Error('this host has no shared memory');
  return instance;
}

const programOf = ({module, memory, exports: {run}}: SimdInstance): Program => ({
  module,
  memory,
  run,
});

/** Kernels whose every command, however small, is split into more or less parts than there are threads. */
function splitAlways(instance: SimdInstance, pool: ThreadPool, random: Random): Microkernels {
  const execute = (command: number) => pool.execute(command, random.integer(2, 2 * pool.size));
  const kernels = simd(() => ({threads: pool.size, execute}), instance);
  if (kernels === undefined) throw new Error('WebAssembly SIMD is missing');
  return kernels;
}

function expectSame(ours: Int8Array, theirs: Int8Array): void {
  const at = ours.findIndex((q, i) => q !== theirs[i]);
  expect(ours.length).toBe(theirs.length);
  expect(at < 0 ? 'same' : `${ours[at]} for ${theirs[at]} at ${at}`).toBe('same');
}

/** What holds for worker threads wherever they come from. */
export function describeThreads(label: string, hostOf: () => ThreadHost): void {
  for (const size of [1, 2, 3, 5]) {
    describe(`${size} threads (${label})`, () => {
      let instance: SimdInstance;
      let pool: ThreadPool;
      let kernels: Microkernels;

      beforeAll(async () => {
        instance = await sharedInstance();
        pool = new ThreadPool(programOf(instance), hostOf(), size);
        kernels = splitAlways(instance, pool, new Random(size));
        await pool.settled();
      });

      afterAll(() => pool.end());

      it('are all ready', () => {
        expect(pool.ready).toBe(size);
      });

      for (const make of RANDOM_MICROKERNELS) {
        it(`give the bits of the reference: ${make.name}`, () => {
          const random = new Random(100 * size);
          for (let round = 0; round < ROUNDS; round++) {
            const run = make(random);
            expectSame(run(kernels), run(reference()));
          }
        });
      }

      it('give the same bits again and again', () => {
        const run = RANDOM_MICROKERNELS[1](new Random(7));
        const expected = run(reference());
        for (let round = 0; round < 500; round++) expectSame(run(kernels), expected);
      });

      it('see memory that has grown', () => {
        const run = RANDOM_MICROKERNELS[2](new Random(8));
        const expected = run(reference());
        const {memory} = kernels;
        const blocks = Array.from({length: 12}, () => {
          const block = memory.alloc(1_500_000); // what follows lies behind it
          expectSame(run(kernels), expected);
          return block;
        });
        expect(instance.memory.buffer.byteLength).toBeGreaterThan(18_000_000);
        for (const block of blocks) memory.free(block);
      });

      it('still work after the workers have slept', async () => {
        const run = RANDOM_MICROKERNELS[0](new Random(9));
        const expected = run(reference());
        for (let round = 0; round < 5; round++) {
          await new Promise(resolve => setTimeout(resolve, 10));
          expectSame(run(kernels), expected);
        }
      });
    });
  }

  describe(`a pool (${label})`, () => {
    const run = RANDOM_MICROKERNELS[1](new Random(3));
    const expected = run(reference());

    async function poolOn(host: ThreadHost, patience?: number) {
      const instance = await sharedInstance();
      const pool = new ThreadPool(programOf(instance), host, 3, patience);
      const kernels = splitAlways(instance, pool, new Random(4));
      return {pool, kernels};
    }

    /** Stands for threads that do to the control words what `act` does. */
    function fakeHost(act: (words: Int32Array, start: ThreadStart) => void): ThreadHost {
      return {
        cores: 3,
        start(_source, start, {ready}) {
          act(new Int32Array(start.control), start);
          ready();
          return {end: () => undefined};
        },
      };
    }

    it('works alone until threads are ready', async () => {
      const never = fakeHost(() => undefined);
      const {pool, kernels} = await poolOn(never, 50);
      expectSame(run(kernels), expected);
      await pool.settled();
      expect(pool.ready).toBe(1);
    });

    it('works alone where threads do not start', async () => {
      const {pool, kernels} = await poolOn({
        cores: 3,
        start(_source, _start, {failed}) {
          failed();
          return {end: () => undefined};
        },
      });
      await pool.settled();
      expect(pool.ready).toBe(1);
      expectSame(run(kernels), expected);
    });

    it('works alone where threads are forbidden', async () => {
      const {pool, kernels} = await poolOn({
        cores: 3,
        start() {
          throw new Error('no');
        },
      });
      await pool.settled();
      expectSame(run(kernels), expected);
    });

    it('goes on alone when a thread dies at work', async () => {
      const {pool, kernels} = await poolOn(
        fakeHost(words => {
          words[READY] = 2;
          words[ACTIVE] = 1;
        }),
        50,
      );
      expectSame(run(kernels), expected);
      expect(pool.isBroken).toBe(true);
      expectSame(run(kernels), expected);
    });

    it('goes on alone when a part fails on a thread', async () => {
      const {pool, kernels} = await poolOn(
        fakeHost(words => {
          words[READY] = 2;
          words[FAILED] = 1;
        }),
      );
      expectSame(run(kernels), expected);
      expect(pool.isBroken).toBe(true);
    });

    it('can be asked for other numbers of threads', async () => {
      const threads = new Threads(programOf(await sharedInstance()), hostOf());
      for (const count of [2, 3, 3, 1, 2]) expect(await threads.set(count)).toBe(count);
      threads.end();
      expect(threads.count).toBe(1);
    });

    it('heeds the last of several wishes', async () => {
      const threads = new Threads(programOf(await sharedInstance()), hostOf());
      const wishes = [threads.set(3), threads.set(2)];
      await Promise.all(wishes);
      expect(threads.count).toBe(2);
      threads.end();
    });
  });
}
