/**
 * Writes backend/generated/tfjs_wasm*.ts: the binaries of tfjs-backend-wasm as gzip in base64 (a
 * third of the plain base64), one module each so that a browser loads only the one it runs.
 * See backend/wasm_paths.ts. And the source of the function that makes its threaded module, see
 * backend/threaded_factory.ts.
 */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';

const modules = {
  'tfjs-backend-wasm.wasm': 'tfjs_wasm.ts',
  'tfjs-backend-wasm-simd.wasm': 'tfjs_wasm_simd.ts',
  'tfjs-backend-wasm-threaded-simd.wasm': 'tfjs_wasm_threaded_simd.ts',
};

const require = createRequire(import.meta.url);
const source = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
const {version} = require('@tensorflow/tfjs-backend-wasm/package.json');
const target = fileURLToPath(new URL('../backend/generated/', import.meta.url));

mkdirSync(target, {recursive: true});
for (const [binary, module] of Object.entries(modules)) {
  const base64 = gzipSync(readFileSync(join(source, binary)), {level: 9}).toString('base64');
  const text = `/** ${binary} of @tensorflow/tfjs-backend-wasm ${version}. */\nexport const gzipBase64: string = '${base64}';\n`;
  writeFileSync(join(target, module), text);
}

const factory = require(join(source, '../wasm-out/tfjs-backend-wasm-threaded-simd.js'));
writeFileSync(
  join(target, 'tfjs_threaded_factory.ts'),
  `/** Of @tensorflow/tfjs-backend-wasm ${version}. */\nexport const source: string = ${JSON.stringify(factory.toString())};\n`,
);
