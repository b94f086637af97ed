import {loadGraphModelSync} from '@tensorflow/tfjs-converter';
import {
  add,
  env,
  grads,
  memory,
  mul,
  profile,
  registerGradient,
  reshape,
  reverse,
  setBackend,
  tensor,
  tidy,
  time,
  unregisterGradient,
  variable,
  type Tensor,
} from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import type {Microkernels} from '../../../backend/microkernels.js';
import {Int8Op, type Int8Attrs} from '../../../src/ops.js';
import {int8Backend} from '../int8_tensor.js';
import {messageOf} from '../oracle/message_of.js';
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
  readonly constants: Operands;
  readonly tensors: Record<string, Tensor>;

  constructor(
    private readonly random: Random,
    readonly attrs = {...ATTRS},
  ) {
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

/** Loads models of one convolution 'y' of 'x', all from one object. */
function convolutionLoader(constants: Operands) {
  const entries = Object.entries(constants);
  const modelTopology = {
    node: [
      {name: 'x', op: 'Placeholder', attr: {shape: {shape: {unknownRank: true}}}},
      ...entries.map(([name]) => ({name, op: 'Const', attr: {}})),
      {
        name: 'y',
        op: Int8Op.Conv2D,
        input: ['x', ...entries.map(([name]) => name)],
        attr: graphAttrs(ATTRS),
      },
    ],
    library: {},
    versions: {producer: 1},
  };
  const weightSpecs = entries.map(([name, {shape, values}]) => {
    const dtype: 'int32' | 'float32' = values instanceof Int32Array ? 'int32' : 'float32';
    return {name, shape, dtype};
  });
  const data = entries.flatMap(([, {values}]) => [
    ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
  return () =>
    loadGraphModelSync({modelTopology, weightSpecs, weightData: Uint8Array.from(data).buffer});
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

  it('see that a filter was assigned', () => {
    const others = filterOperands(new Random(10), [3, 3, 4, 5], 5);
    const {other} = tensorsOf({other: others['filter']});
    const assigned = variable(convolution.tensors['filter']);
    convolution.check([1, 4, 4, 4], {filter: assigned});
    assigned.assign(other);
    const constants = {...convolution.constants, filter: others['filter']};
    convolution.check([1, 4, 4, 4], {filter: assigned}, constants);
    expect(Array.from(assigned.dataSync())).toEqual(Array.from(others['filter'].values));
    convolution.check([1, 4, 4, 4]);
    for (const x of [other, assigned]) x.dispose();
  });

  it('keep of the filter nothing but its packed form', () => {
    const {filter} = convolution.tensors;
    const {values} = convolution.constants['filter'];
    convolution.check([1, 4, 4, 4]);
    expect(inUse().at(-1)).toBe(before.at(-1));
    expect(Array.from(filter.dataSync())).toEqual(Array.from(values));
    expect(inUse().at(-1)).toBe(before.at(-1));
  });

  it('pack a filter again for other attributes', () => {
    convolution.check([1, 4, 4, 4]);
    const other = new Convolution(new Random(7), {...ATTRS, outScale: 0.8, outZeroPoint: 9});
    for (let round = 0; round < 2; round++) {
      other.check([1, 4, 4, 4], convolution.tensors);
      convolution.check([1, 4, 4, 4]);
    }
    expect(inUse().at(-1)).toBe(before.at(-1));
    other.dispose();
  });

  it('leave the filter to other ops', () => {
    const {filter} = convolution.tensors;
    const values = Array.from(convolution.constants['filter'].values);
    convolution.check([1, 4, 4, 4]);
    const reversed = tidy(() => Array.from(reverse(reshape(filter, [-1])).dataSync()));
    expect(reversed).toEqual(values.slice().reverse());
    const increased = tidy(() => Array.from(add(filter, 1).dataSync()));
    expect(increased).toEqual(values.map(value => value + 1));
    convolution.check([1, 4, 4, 4]);
  });

  it('of two models with one object of attributes are told apart', () => {
    const other = new Convolution(new Random(11), convolution.attrs);
    for (let round = 0; round < 2; round++) {
      convolution.check([1, 4, 4, 4]);
      other.check([1, 4, 4, 4]);
    }
    other.dispose();
    convolution.check([1, 4, 4, 4]);
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

  it('is timed by tf.time', async () => {
    const {wallMs, kernelMs} = await time(run);
    expect(wallMs > 0 && (kernelMs as number) > 0).toBe(true);
  });

  it('of a model that is disposed of between runs says so, and other models run on', () => {
    const random = new Random(12);
    const constants = filterOperands(random, [3, 3, 4, 5], 5);
    const x = int8s(random, [1, 4, 4, 4]);
    const load = convolutionLoader(constants);
    const expected = Array.from(conv2D({...constants, x}, ATTRS).values);
    const before = [memory().numTensors, int8Backend().numDataIds()];
    const [first, second] = [load(), load()];
    const runOn = (model: typeof first) =>
      tidy(() => Array.from((model.execute(tensorsOf({x}), 'y') as Tensor).dataSync()));
    expect([first, second].map(runOn)).toEqual([expected, expected]);
    first.dispose();
    expect(messageOf(() => runOn(first))).toMatch(/^node 'y': .*disposed/);
    expect(runOn(second)).toEqual(expected);
    second.dispose();
    expect([memory().numTensors, int8Backend().numDataIds()]).toEqual(before);
  });

  describe('under a gradient tape', () => {
    const model = oneOpModel(Int8Op.Dequantize, ['x'], {xScale: 0.5, xZeroPoint: 1});
    const product = (x: Tensor, w: Tensor) => mul(model.execute({x}, 'y') as Tensor, w);

    beforeAll(() => {
      registerGradient({
        kernelName: 'Multiply',
        inputsToSave: ['a', 'b'],
        gradFunc: (dy: Tensor | Tensor[], [a, b]) => ({
          a: () => mul(dy as Tensor, b),
          b: () => mul(dy as Tensor, a),
        }),
      });
    });

    afterAll(() => {
      unregisterGradient('Multiply');
      model.dispose();
    });

    it('lets gradients of float ops on its result pass', () => {
      const before = memory().numTensors;
      const gradients = tidy(() => {
        const x = tensor([1, -3, 5], [3], 'int32');
        const [dw] = grads((w: Tensor) => product(x, w))([tensor([1, 1, 1])]);
        return Array.from(dw.dataSync());
      });
      expect(gradients).toEqual([0, -2, 2]);
      expect(memory().numTensors).toBe(before);
    });

    it('says that it has no gradient itself', () => {
      const message = messageOf(() =>
        tidy(() => grads(product)([tensor([1, -3, 5], [3], 'int32'), tensor([1, 1, 1])])),
      );
      expect(message).toMatch(/gradient function not found for Int8Dequantize/);
    });
  });

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
