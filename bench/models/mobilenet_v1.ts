import {type BuiltModel, type Form, ModelBuilder} from './builder.js';

/** Channels and stride of each depthwise-separable block (Howard 2017, table 1). */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({length: 5}, () => [512, 1]),
  [1024, 2],
  [1024, 1],
];

/** MobileNetV1 1.0 224: 569 M multiply-accumulates. */
export function mobilenetV1(form: Form): BuiltModel {
  const b = new ModelBuilder(form, [1, 224, 224, 3]);
  let x = b.conv(b.image, 32, 3, 2, 'relu6');
  for (const [channels, stride] of BLOCKS) {
    x = b.conv(b.depthwise(x, stride, 'relu6'), channels, 1, 1, 'relu6');
  }
  return b.build(b.softmax(b.dense(b.mean(x), 1000)));
}
