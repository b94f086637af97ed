import type {Ceiling} from '../microkernels/ceiling_loop.js';
import type {Peer} from './peer.js';

export const CEILING = 'int8 ceiling';

/** The bare loop of dot products, timed among the peers; its own multiply-accumulates, not the model's. */
export function ceilingPeer({run}: Ceiling): Peer {
  return {
    name: CEILING,
    threads: () => 1,
    start: async () => ({run: async () => run(), end: () => undefined}),
  };
}
