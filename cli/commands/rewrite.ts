import {rewrite} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {loadGraph} from '../models.js';
import {toPassNames} from '../quantization.js';
import {saveGraph} from '../save.js';
import type {Terminal} from '../terminal.js';

export interface RewriteOptions {
  out: string;
  passes: string[];
}

/** `dfq rewrite`: the float passes alone. */
export async function rewriteCommand(
  location: string,
  options: RewriteOptions,
  {out}: Terminal,
): Promise<void> {
  const passes = toPassNames(options.passes);
  await useBackend('wasm');
  const {model, weightBytes} = await loadGraph(location);
  try {
    const rewritten = await rewrite(model, {passes});
    try {
      out.write(`${await saveGraph(rewritten, options.out, weightBytes)}\n`);
    } finally {
      rewritten.dispose();
    }
  } finally {
    model.dispose();
  }
}
