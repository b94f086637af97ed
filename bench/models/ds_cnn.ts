import {type BuiltModel, type Form, ModelBuilder} from './builder.js';

/** Keyword spotting on 49 × 10 spectrogram features: DS-CNN, small (Zhang 2018), 12 words. */
export function dsCnn(form: Form): BuiltModel {
  const b = new ModelBuilder(form, [1, 49, 10, 1]);
  let x = b.conv(b.image, 64, [10, 4], 2);
  for (let i = 0; i < 4; i++) x = b.conv(b.depthwise(x), 64, 1);
  return b.build(b.softmax(b.dense(b.mean(x), 12)));
}
