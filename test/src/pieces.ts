/** Pieces of graph that become int8 between two layers. */

export const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';

/** A layer, `middle` from 'a' to 'r', and a layer. */
export const around = (middle: string) => `
  x = Placeholder()
  a0 = Conv2D(x, ~3x3x4x4) ${SAME}
  a = BiasAdd(a0, ~4)
  ${middle}
  y0 = Conv2D(r, ~1x1x4x4) ${SAME}
  y = BiasAdd(y0, ~4)
  return y`;

export const BRANCH = `k = Relu(a)\nm0 = Conv2D(k, ~3x3x4x4) ${SAME}\nm = BiasAdd(m0, ~4)`;
export const WINDOW = 'ksize=[1 2 2 1] strides=[1 2 2 1]';

/** What becomes of a piece of graph between two layers: the int8 ops, sorted. */
export const PIECES: [string, string, string[]][] = [
  ['nothing', 'r = Identity(a)', []],
  ['Relu', 'r = Relu(a)', []],
  ['Relu6', 'r = Relu6(a)', []],
  ['LeakyRelu', 'r = LeakyRelu(a) alpha=0.1', []],
  ['Prelu', 'r = Prelu(a, ~4)', []],
  ['Elu', 'r = Elu(a)', []],
  ['Tanh', 'r = Tanh(a)', []],
  ['swish', 's = Sigmoid(a)\nr = Mul(a, s)', []],
  [
    'hard-swish',
    'b = AddV2(a, f32<: 3>)\nc = Relu6(b)\nd = Mul(a, c)\nr = Mul(d, f32<: 0.16666667>)',
    [],
  ],
  ['hard-sigmoid', 'b = AddV2(a, f32<: 3>)\nc = Relu6(b)\nr = Mul(c, f32<: 0.16666667>)', []],
  ['MaxPool', `q = Relu(a)\nr = MaxPool(q) ${WINDOW} padding=SAME`, ['Int8MaxPool']],
  ['AvgPool', `q = Relu(a)\nr = AvgPool(q) ${WINDOW} padding=SAME`, ['Int8AvgPool']],
  ['Mean', 'r = Mean(a, i32<2: 1 2>) keep_dims=true', ['Int8Mean']],
  ['sum', `${BRANCH}\nr = AddV2(k, m)`, ['Int8Add', 'Int8Conv2D']],
  ['sum and Relu', `${BRANCH}\ns = AddV2(k, m)\nr = Relu(s)`, ['Int8Add', 'Int8Conv2D']],
  [
    'sum and Relu6',
    `${BRANCH}\ns = AddV2(k, m)\nr = Relu6(s)`,
    ['Int8Add', 'Int8Conv2D', 'Minimum'],
  ],
  ['difference', `${BRANCH}\nr = Sub(k, m)`, ['Int8Conv2D', 'Int8Sub']],
  ['product', `${BRANCH}\nr = Mul(k, m)`, ['Int8Conv2D', 'Int8Mul']],
  ['product with constants', 'q = Relu(a)\nr = Mul(q, ~1x8x1x4)', ['Int8Mul']],
  [
    'sum and PReLU',
    `${BRANCH}\ns = AddV2(k, m)\nr = Prelu(s, ~4)`,
    ['Int8Add', 'Int8Conv2D', 'Int8PRelu'],
  ],
  [
    'sum and swish',
    `${BRANCH}\ns = AddV2(k, m)\nt = Sigmoid(s)\nr = Mul(s, t)`,
    ['Int8Add', 'Int8Conv2D', 'Int8Lookup'],
  ],
  [
    'resize',
    'q = Relu(a)\nr = ResizeBilinear(q, i32<2: 11 11>) half_pixel_centers=true',
    ['Int8ResizeBilinear'],
  ],
  ['nearest', 'q = Relu(a)\nr = ResizeNearestNeighbor(q, i32<2: 16 16>)', ['Int8ResizeNearest']],
  ['Pad', 'q = Relu(a)\nr = Pad(q, i32<4x2: 0 0 1 2 0 1 0 0>)', ['PadV2']],
  [
    'PadV2 of a value',
    'q = Relu(a)\nr = PadV2(q, i32<4x2: 0 0 1 2 0 1 0 0>, f32<: 0.5>)',
    ['PadV2'],
  ],
  [
    'concatenation',
    `${BRANCH}\nq = ConcatV2(k, m, i32<: 3>)\nr = Slice(q, i32<4: 0 0 0 2>, i32<4: -1 -1 -1 4>)`,
    ['ConcatV2', 'Int8Conv2D', 'Slice'],
  ],
  [
    'reshape',
    'b = Reshape(a, i32<4: -1 4 16 4>)\nr = Transpose(b, i32<4: 0 2 1 3>)',
    ['Reshape', 'Transpose'],
  ],
  ['maximum', `${BRANCH}\nr = Maximum(k, m)`, ['Int8Conv2D', 'Maximum']],
  [
    'transposed convolution',
    `n = Shape(a)
    s = Mul(n, i32<4: 1 2 2 1>)
    m0 = Conv2DBackpropInput(s, ~2x2x4x4, a) strides=[1 2 2 1] padding=SAME
    m = BiasAdd(m0, ~4)
    r = Relu(m)`,
    ['Int8TransposedConv2D', 'Mul', 'Shape'],
  ],
  ['softmax', 'r = Softmax(a)', ['Int8Softmax']],
];
