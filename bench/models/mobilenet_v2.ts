import {type BuiltModel, type Form, type Image, ModelBuilder} from './builder.js';

/** Expansion, channels, repetitions and stride of each stage (Sandler 2018, table 2). */
export const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** MobileNetV2 1.0: 301 M multiply-accumulates at 224 × 224. */
export function mobilenetV2(form: Form, size = 224): BuiltModel {
  const b = new ModelBuilder(form, [1, size, size, 3]);
  let x = b.conv(b.image, 32, 3, 2, 'relu6');
  for (const [expansion, channels, repetitions, stride] of STAGES) {
    for (let i = 0; i < repetitions; i++) {
      x = block(b, x, expansion, channels, i === 0 ? stride : 1);
    }
  }
  x = b.conv(x, 1280, 1, 1, 'relu6');
  return b.build(b.softmax(b.dense(b.mean(x), 1000)));
}

function block(b: ModelBuilder, x: Image, expansion: number, channels: number, stride: number) {
  const wide = expansion === 1 ? x : b.conv(x, expansion * x.channels, 1, 1, 'relu6');
  const y = b.conv(b.depthwise(wide, stride, 'relu6'), channels, 1, 1, 'none');
  return stride === 1 && channels === x.channels ? b.add(x, y) : y;
}
