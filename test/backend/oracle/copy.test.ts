import type {CopyPlan, Microkernels} from '../../../backend/microkernels.js';
import {Random} from './random.js';
import {describeMicrokernel, runOnBlocks} from './tester.js';

/** Every index of the plan, by counting. */
function expected(x: Int8Array, bytes: number, {fromOffset, toOffset, axes}: CopyPlan): number[] {
  const y = new Array<number>(bytes).fill(77);
  const count = axes.reduce((product, {size}) => product * size, 1);
  for (let flat = 0; flat < count; flat++) {
    let [rest, from, to] = [flat, fromOffset, toOffset];
    for (const axis of axes) {
      from += (rest % axis.size) * axis.from;
      to += (rest % axis.size) * axis.to;
      rest = Math.floor(rest / axis.size);
    }
    y[to] = x[from];
  }
  return y;
}

function check(kernels: Microkernels, x: Int8Array, bytes: number, plan: CopyPlan): void {
  const y = runOnBlocks(kernels, [x], bytes, ([block], output) => {
    kernels.memory.view(output).fill(77);
    kernels.copy(plan)(block, output);
  });
  expect([...y]).toEqual(expected(x, bytes, plan));
}

describeMicrokernel('copy', kernels => {
  for (const count of [1, 7, 8, 9, 15, 16, 31, 32, 33, 100]) {
    it(`moves runs of ${count}`, () => {
      const x = new Random(count).int8(3 * count + 5);
      const axes = [
        {size: 3, from: count + 1, to: count},
        {size: count, from: 1, to: 1},
      ];
      check(kernels(), x, 3 * count + 2, {fromOffset: 2, toOffset: 1, axes});
    });
  }

  for (const rows of [1, 7, 8, 9, 16, 21]) {
    for (const columns of [1, 3, 8, 13, 24]) {
      it(`transposes ${rows} × ${columns}`, () => {
        const x = new Random(rows * columns).int8(2 * rows * columns);
        const matrix = [
          {size: rows, from: 1, to: columns},
          {size: columns, from: rows, to: 1},
        ];
        const batch = {size: 2, from: rows * columns, to: rows * columns};
        for (const axes of [matrix, [batch, ...matrix]]) {
          check(kernels(), x, 2 * rows * columns, {fromOffset: 0, toOffset: 0, axes});
        }
      });
    }
  }

  it('repeats, reverses and skips', () => {
    const x = new Random(5).int8(40);
    const plans: CopyPlan[] = [
      {fromOffset: 7, toOffset: 3, axes: [{size: 30, from: 0, to: 1}]},
      {fromOffset: 39, toOffset: 0, axes: [{size: 40, from: -1, to: 1}]},
      {
        fromOffset: 1,
        toOffset: 2,
        axes: [
          {size: 5, from: 0, to: 8},
          {size: 4, from: 3, to: 2},
        ],
      },
    ];
    for (const plan of plans) check(kernels(), x, 44, plan);
  });

  it('moves within one block', () => {
    const {memory} = kernels();
    const block = memory.alloc(40);
    memory.view(block).set(Int8Array.from({length: 40}, (_, i) => i));
    const plan = {fromOffset: 3, toOffset: 20, axes: [{size: 16, from: 1, to: 1}]};
    kernels().copy(plan)(block, block);
    expect([...memory.view(block).subarray(20, 36)]).toEqual(
      Array.from({length: 16}, (_, i) => i + 3),
    );
    memory.free(block);
  });
});
