/**
 * The worker of both pages. It owns tfjs and tfjs-dfq: whatever takes time happens here, and the pages
 * stay responsive. Operations are in ./worker, one subject a file.
 */
import {serve} from './common/worker_server.js';
import {imageOperations} from './worker/images.js';
import {pictogramOperations} from './worker/pictograms.js';
import {predictionOperations} from './worker/predictions.js';
import {quantizeOperations} from './worker/quantize/index.js';
import {runtimeOperations} from './worker/runtime.js';

const operations = {
  ...runtimeOperations,
  ...imageOperations,
  ...pictogramOperations,
  ...predictionOperations,
  ...quantizeOperations,
};

export type WorkerOperations = typeof operations;

serve(operations, globalThis);
