import type {Peer} from './peer.js';

export const CEILING = 'int8 ceiling';

/** The bare loop of dot products, timed among the peers; `CEILING_MACS`, not those of the model. */
export function ceilingPeer(run: () => void): Peer {
  return {
    name: CEILING,
    threads: () => 1,
    start: async () => ({run: async () => run(), end: () => undefined}),
  };
}
