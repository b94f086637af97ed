import type {BuiltModel, Form} from './builder.js';
import {dsCnn} from './ds_cnn.js';
import {lstm} from './lstm.js';
import {mobilenetV1} from './mobilenet_v1.js';
import {mobilenetV2} from './mobilenet_v2.js';
import {resnet18, resnet50} from './resnet.js';
import {siluDetector} from './silu_detector.js';

/** The models of the benchmark, by the names that --models takes. */
export const MODELS: Readonly<Record<string, (form: Form) => BuiltModel>> = {
  mobilenet_v1: mobilenetV1,
  mobilenet_v2: form => mobilenetV2(form),
  mobilenet_v2_32: form => mobilenetV2(form, 32),
  resnet18,
  resnet50,
  silu_detector: siluDetector,
  ds_cnn: dsCnn,
  lstm,
};
