import {ELEMENTWISE_LAYERS} from './elementwise_layers.js';
import {IMAGE_LAYERS} from './image_layers.js';
import type {LayerTracer} from './layer_call.js';
import {LINEAR_LAYERS} from './linear_layers.js';
import {MERGE_LAYERS} from './merge_layers.js';
import {NORMALIZATION_LAYERS} from './normalization_layers.js';
import {POOLING_LAYERS} from './pooling_layers.js';
import {RECURRENT_LAYERS} from './recurrent_layers.js';
import {SHAPE_LAYERS} from './shape_layers.js';
import {WRAPPER_LAYERS} from './wrapper_layers.js';

/** The layers that can be traced, by class. */
export const LAYER_TYPES: ReadonlyMap<string, LayerTracer> = new Map(
  [
    ELEMENTWISE_LAYERS,
    IMAGE_LAYERS,
    LINEAR_LAYERS,
    MERGE_LAYERS,
    NORMALIZATION_LAYERS,
    POOLING_LAYERS,
    RECURRENT_LAYERS,
    SHAPE_LAYERS,
    WRAPPER_LAYERS,
  ].flatMap(family => Object.entries(family)),
);
