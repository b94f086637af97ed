/** What the worker does for the page demo/quantize. */
import {openingOperations} from './opening.js';
import {quantizationOperations} from './quantization.js';
import {reportOperations} from './report_parts.js';
import {savingOperations} from './saving.js';
import {speedOperations} from './speed.js';
import {storeOperations} from './stored.js';
import {trialOperations} from './trial.js';

export const quantizeOperations = {
  ...openingOperations,
  ...quantizationOperations,
  ...reportOperations,
  ...savingOperations,
  ...speedOperations,
  ...storeOperations,
  ...trialOperations,
};
