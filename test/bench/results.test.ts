import {CEILING} from '../../bench/peers/ceiling.js';
import {OURS} from '../../bench/peers/tfjs.js';
import type {BenchModel, Peer} from '../../bench/peers/peer.js';
import {resultsOf, resultTable} from '../../bench/results.js';
import {timeInTurn} from '../../bench/rounds.js';
import {median} from '../../bench/statistics.js';

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 100])).toBe(3);
    expect(median([4, 1, 100, 2])).toBe(3);
    expect(median([])).toBeNaN();
  });
});

const ANSWER = {
  model: 'm',
  macs: 8e6,
  asked: 2,
  timings: [
    {peer: OURS.name, threads: 2, milliseconds: [2, 1, 9]},
    {peer: 'other', threads: 1, milliseconds: [8, 8, 7]},
    {peer: 'broken', threads: 1, milliseconds: [], error: 'no kernel | of that'},
    {peer: CEILING, threads: 1, milliseconds: [3, 2]},
  ],
};

describe('resultsOf', () => {
  const [ours, other, broken, ...rest] = resultsOf(ANSWER, 16e6);

  it('has medians, ratios to ours, and shares of the ceiling of all threads that were used', () => {
    expect([ours.median, ours.min, ours.ratio, ours.gigaMacs]).toEqual([2, 1, 1, 4]);
    expect([other.median, other.ratio, other.gigaMacs]).toEqual([8, 4, 1]);
    expect([ours.ceilingShare, other.ceilingShare]).toEqual([0.25, 0.125]);
    expect(rest).toEqual([]);
  });

  it('keeps why a peer failed', () => {
    expect(broken.error).toBe('no kernel | of that');
  });

  it('makes a Markdown table whose rows are as wide as its head', () => {
    const lines = resultTable([ours, other, broken]).split('\n');
    expect(lines.length).toBe(5);
    expect(new Set(lines.map(({length}) => length)).size).toBe(1);
    expect(lines[3]).toMatch(
      /^\| m +\| other +\| +1 \| +3 \| +8\.00 \| +7\.00 \| +4\.00 \| +1\.00 \| +13 % \|$/,
    );
    expect(lines[4]).toContain('fails: no kernel \\| of that');
  });
});

describe('timeInTurn', () => {
  const model: BenchModel = {
    name: 'm',
    inputShape: [1],
    macs: 1,
    read: () => Promise.reject(new Error('no file')),
  };

  const limits = {rounds: 3, budget: 1e6, slow: 1e6};

  /** Notes in `log` when it is chosen and when it ends. */
  const sleeper = (name: string, milliseconds: number, log: string[] = []): Peer => ({
    name,
    threads: () => 1,
    start: async () => ({
      enter: async () => log.push(name),
      run: () => new Promise(resolve => setTimeout(resolve, milliseconds)),
      end: async () => log.push(`${name} ends`),
    }),
  });

  it('lets the peers run in turn, and reports one that fails without stopping the others', async () => {
    const log: string[] = [];
    const told: string[] = [];
    const broken: Peer = {name: 'c', threads: () => 1, start: ({read}) => read('x') as never};
    const peers = [sleeper('a', 25, log), broken, sleeper('b', 25, log)];
    const timings = await timeInTurn(peers, model, 1, {...limits, rounds: 2}, line =>
      told.push(line.split(':')[0]),
    );
    const warmUps = ['a', 'b'];
    expect(log).toEqual([...warmUps, 'a', 'b', 'a', 'b', 'a ends', 'b ends']);
    expect(told).toEqual(['m, a, threads 1', 'm, b, threads 1']);
    expect(timings.map(({milliseconds}) => milliseconds.length)).toEqual([2, 0, 2]);
    expect(timings.map(({error}) => error)).toEqual([undefined, 'no file', undefined]);
    expect(Math.min(...timings[0].milliseconds)).toBeGreaterThanOrEqual(20);
  });

  it('times a peer that has used its budget up no more, and of a slow one every run but the first', async () => {
    const runs: string[] = [];
    const counted = (name: string, milliseconds: number): Peer => ({
      ...sleeper(name, milliseconds),
      start: async () => ({
        run: () => {
          runs.push(name);
          return new Promise(resolve => setTimeout(resolve, milliseconds));
        },
        end: () => undefined,
      }),
    });
    const peers = [sleeper('fast', 10), sleeper('costly', 250), counted('slow', 1600)];
    const timings = await timeInTurn(peers, model, 1, {...limits, budget: 400, slow: 1500});
    expect(timings.map(({milliseconds}) => milliseconds.length)).toEqual([3, 1, 1]);
    expect(runs.length).toBe(2);
  });
});
