/** Runs the specs, bundled by run.ts: node specs.cjs BACKEND WASM_FOLDER RESULT_FILE */
import {env} from './environment.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/tests.js';
import {writeFileSync} from 'node:fs';
import type {Conformance} from './run.js';

const result: Conformance = {passed: [], failed: {}};
env.configure({random: false});
env.addReporter({
  specDone({fullName, status, failedExpectations}) {
    if (status === 'passed') result.passed.push(fullName);
    if (status === 'failed') result.failed[fullName] = failedExpectations[0].message;
  },
});
void env.execute().then(() => {
  writeFileSync(process.argv[4], JSON.stringify(result, undefined, 1));
  process.exit(); // some specs leave timers behind
});
