import {
  add,
  env,
  memory,
  profile,
  setBackend,
  tensor,
  tidy,
  variable,
  type Tensor,
} from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import type {Microkernels} from '../../../backend/microkernels.js';
import {Int8Op, type Int8Attrs} from '../../../src/ops.js';
import {int8Backend} from '../int8_tensor.js';
import {filterOperands} from '../oracle/accumulator_cases.js';
import {INPUT, int8s, OUTPUT} from '../oracle/op_case.js';
import {conv2D, type Operands} from '../oracle/op_oracle.js';
import {Random} from '../oracle/random.js';
import {graphAttrs, nodeModel, oneOpModel} from './one_op_model.js';
import {runKernel, tensorsOf} from './run_op.js';

const ATTRS: Int8Attrs['Int8Conv2D'] = {
  ...INPUT,
  ...OUTPUT,
  activation: 'none',
  strides: [1, 1],
  padding: 'SAME',
  dilations: [1, 1],
};

/** A convolution of one node, its constants, and images of other sizes than all others have. */
class Convolution {
  readonly attrs = {...ATTRS};
  readonly constants: Operands;
  readonly tensors: Record<string, Tensor>;

  constructor(private readonly random: Random) {
    this.constants = filterOperands(random, [3, 3, 4, 5], 5);
    this.tensors = tensorsOf(this.constants);
  }

  /** Runs on an image of random values and compares. */
  check(shape: number[], changed: Record<string, Tensor> = {}, constants = this.constants): void {
    const operands: Operands = {...constants, x: int8s(this.random, shape)};
    const y = tidy(() => {
      const x = tensor(operands['x'].values, shape, 'int32');
      return runKernel(Int8Op.Conv2D, {x, ...this.tensors, ...changed}, this.attrs).dataSync();
    });
    expect(Array.from(y)).toEqual(Array.from(conv2D(operands, this.attrs).values));
  }

  dispose(): void {
    for (const x of Object.values(this.tensors)) x.dispose();
  }
}

/** How often convolutions are prepared while `run` runs. */
function prepared(run: () => void): number {
  const kernels = int8Backend().microkernels as {
    -readonly [name in keyof Microkernels]: Microkernels[name];
  };
  const original = kernels.conv2D;
  let count = 0;
  kernels.conv2D = (...parameters) => {
    count++;
    return original(...parameters);
  };
  try {
    run();
  } finally {
    kernels.conv2D = original;
  }
  return count;
}

describe('steps of a node', () => {
  let convolution: Convolution;
  let before: number[];

  const inUse = () => [
    memory().numTensors,
    memory().numBytes,
    int8Backend().numDataIds(),
    int8Backend().microkernels.memory.bytesInUse,
  ];

  beforeEach(async () => {
    await setBackend('int8');
    before = inUse();
    convolution = new Convolution(new Random(7));
  });

  afterEach(async () => {
    await setBackend('int8');
    convolution.dispose();
    expect(inUse()).toEqual(before);
  });

  it('are prepared once for each shape', () => {
    const shapes = [
      [1, 4, 4, 4],
      [3, 4, 4, 4],
      [1, 6, 3, 4],
    ];
    const runAll = () => shapes.forEach(shape => convolution.check(shape));
    expect(prepared(runAll)).toBe(3);
    expect(prepared(runAll)).toBe(0);
  });

  it('leave nothing in memory but the packed filter', () => {
    convolution.check([1, 4, 4, 4]);
    const after = inUse();
    for (let size = 1; size < 12; size++) convolution.check([1, size, 5, 4]);
    expect(inUse()).toEqual(after);
  });

  it('are right for more shapes in turn than are kept', () => {
    for (let round = 0; round < 2; round++) {
      for (let size = 1; size < 8; size++) convolution.check([1, size, size, 4]);
    }
  });

  it('are prepared anew for another constant', () => {
    convolution.check([1, 4, 4, 4]);
    const others = filterOperands(new Random(8), [3, 3, 4, 5], 5);
    for (const name of ['filter', 'bias', 'filterScale', 'filterZeroPoint']) {
      const constants = {...convolution.constants, [name]: others[name]};
      const {[name]: changed} = tensorsOf({[name]: others[name]});
      convolution.check([1, 4, 4, 4], {[name]: changed}, constants);
      changed.dispose();
      convolution.check([1, 4, 4, 4]);
    }
  });

  it('see that a variable was assigned', () => {
    const others = filterOperands(new Random(9), [3, 3, 4, 5], 5);
    const [bias, other] = [
      convolution.tensors['bias'].clone(),
      tensorsOf({other: others['bias']})['other'],
    ];
    const assigned = variable(bias);
    convolution.check([1, 4, 4, 4], {bias: assigned});
    assigned.assign(other);
    convolution.check(
      [1, 4, 4, 4],
      {bias: assigned},
      {...convolution.constants, bias: others['bias']},
    );
    for (const x of [bias, other, assigned]) x.dispose();
  });

  it('outlive a stay of the constants on another backend', async () => {
    convolution.check([1, 4, 4, 4]);
    await setBackend('cpu');
    const {filter} = convolution.tensors;
    const moved = tidy(() => Array.from(add(filter, 0).dataSync()));
    expect(moved).toEqual(Array.from(convolution.constants['filter'].values));
    await setBackend('int8');
    convolution.check([1, 4, 4, 4]);
  });
});

describe('a node of a graph', () => {
  beforeAll(async () => {
    await setBackend('int8');
  });

  it('has its attributes read once', () => {
    let reads = 0;
    const attr = graphAttrs({outScale: 0.5, outZeroPoint: 3, lo: -128, hi: 127});
    const counted = Object.fromEntries(
      Object.entries(attr).map(([name, value]) => [
        name,
        new Proxy(value, {
          get(target, key): unknown {
            reads++;
            return Reflect.get(target, key);
          },
        }),
      ]),
    );
    const model = nodeModel(Int8Op.Quantize, ['x'], counted);
    const run = () =>
      tidy(() => Array.from((model.execute({x: tensor([1, 2])}, 'y') as Tensor).dataSync()));
    expect(run()).toEqual([5, 7]);
    reads = 0;
    expect(run()).toEqual([5, 7]);
    expect(reads).toBe(0);
    model.dispose();
  });

  /** A model of one convolution, run once. */
  function run(): void {
    const random = new Random(3);
    const operands: Operands = {
      x: int8s(random, [1, 4, 4, 4]),
      ...filterOperands(random, [3, 3, 4, 5], 5),
    };
    const model = oneOpModel(Int8Op.Conv2D, Object.keys(operands), ATTRS);
    const y = tidy(() => (model.execute(tensorsOf(operands), 'y') as Tensor).dataSync());
    expect(Array.from(y)).toEqual(Array.from(conv2D(operands, ATTRS).values));
  }

  it('is seen by tf.profile', async () => {
    const {kernels, newTensors} = await profile(run);
    expect(kernels.map(({name}) => name)).toEqual(['Int8Conv2D']);
    expect(kernels[0].outputShapes).toEqual([[1, 4, 4, 5]]);
    expect(newTensors).toBe(0);
  });

  for (const flag of ['DEBUG', 'IS_TEST']) {
    it(`runs under ${flag}`, () => {
      const was = env().getBool(flag);
      env().set(flag, true);
      try {
        run();
      } finally {
        env().set(flag, was);
      }
    });
  }
});
