import {formatInspection} from '../../cli/inspection.js';

describe('formatInspection', () => {
  it('shows tensors, totals, operations and what becomes of every node', () => {
    const text = formatInspection({
      inputs: [{name: 'x', shape: [-1, 4, 4, 3], dtype: 'float32'}],
      outputs: [{name: 'y', dtype: 'float32'}],
      ops: {Relu: 1, Conv2D: 12, Add: 1},
      macs: 1_234_567,
      parameters: 890,
      bytes: 3560,
      nodes: [
        {name: 'conv', op: 'Conv2D', decision: 'int8'},
        {name: 'top', op: 'TopKV2', decision: 'float', reason: 'no int8 kernel'},
      ],
    });
    expect(text).toBe(
      `
        name  shape          dtype
input   x     [-1, 4, 4, 3]  float32
output  y     unknown        float32

1,234,567 multiply-accumulates, 890 parameters, 3.6 kB

operation  nodes
Conv2D        12
Add            1
Relu           1

quantize: 1 of 2 nodes become int8

node  operation  becomes  because
conv  Conv2D     int8
top   TopKV2     float    no int8 kernel`.slice(1),
    );
  });
});
