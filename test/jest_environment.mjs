/**
 * jest runs tests in a vm context with its own intrinsics, but Node's modules hand out arrays of the
 * outer ones: `instanceof` then fails on what fs, tfjs and WebAssembly return. Tests get the outer
 * ones throughout, as plain Node does.
 */
import {TestEnvironment} from 'jest-environment-node';

const shared = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Atomics',
  'WebAssembly',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
];

export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of shared) this.global[name] = globalThis[name];
  }
}
