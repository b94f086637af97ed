import {rewrite, type PassName} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {loadGraph} from '../models.js';
import {saveGraph} from '../save.js';
import type {Terminal} from '../terminal.js';

export interface RewriteOptions {
  out: string;
  /** As typed; the library checks them. */
  passes: PassName[];
}

/** `dfq rewrite`: the float passes alone. */
export async function rewriteCommand(
  location: string,
  options: RewriteOptions,
  {out}: Terminal,
): Promise<void> {
  await useBackend('wasm');
  const {model, weightBytes} = await loadGraph(location);
  try {
    const rewritten = await rewrite(model, {passes: options.passes});
    try {
      out.write(`${await saveGraph(rewritten, options.out, weightBytes)}\n`);
    } finally {
      rewritten.dispose();
    }
  } finally {
    model.dispose();
  }
}
