import {type BuiltModel, type Form, type Image, ModelBuilder} from './builder.js';

/** ResNet-18 at 224 × 224: 1.8 G multiply-accumulates (He 2015, table 1). */
export function resnet18(form: Form): BuiltModel {
  return resnet(form, [2, 2, 2, 2], basic);
}

/** ResNet-50 at 224 × 224, strides in the 3 × 3 convolutions: 4.1 G multiply-accumulates. */
export function resnet50(form: Form): BuiltModel {
  return resnet(form, [3, 4, 6, 3], bottleneck);
}

type Block = (b: ModelBuilder, x: Image, channels: number, stride: number) => Image;

function resnet(form: Form, depths: readonly number[], block: Block): BuiltModel {
  const b = new ModelBuilder(form, [1, 224, 224, 3]);
  let x = b.maxPool(b.conv(b.image, 64, 7, 2), 3, 2);
  depths.forEach((depth, stage) => {
    for (let i = 0; i < depth; i++) x = block(b, x, 64 << stage, i === 0 && stage > 0 ? 2 : 1);
  });
  return b.build(b.softmax(b.dense(b.mean(x), 1000)));
}

function basic(b: ModelBuilder, x: Image, channels: number, stride: number): Image {
  const y = b.conv(b.conv(x, channels, 3, stride), channels, 3, 1, 'none');
  return b.relu(b.add(shortcut(b, x, channels, stride), y));
}

function bottleneck(b: ModelBuilder, x: Image, channels: number, stride: number): Image {
  const inner = b.conv(b.conv(x, channels, 1), channels, 3, stride);
  const y = b.conv(inner, 4 * channels, 1, 1, 'none');
  return b.relu(b.add(shortcut(b, x, 4 * channels, stride), y));
}

function shortcut(b: ModelBuilder, x: Image, channels: number, stride: number): Image {
  return channels === x.channels && stride === 1 ? x : b.conv(x, channels, 1, stride, 'none');
}
