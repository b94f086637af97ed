import type {ModelSource} from '../../../node/model_source.js';
import {UserError} from '../../common/user_error.js';

/**
 * A model at an address: that of its model.json, or of its folder, ending on '/'.
 *
 * @throws UserError for what is no address
 */
export function urlSource(address: string, signal: AbortSignal): ModelSource {
  const url = parsed(address);
  if (url.pathname.endsWith('/')) url.pathname += 'model.json';
  return {
    location: url.href,
    locate(shard) {
      const located = new URL(shard, url);
      located.search = url.search; // as tf.io.http does
      return located.href;
    },
    read: location => download(location, signal),
  };
}

function parsed(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new UserError(
    `'${address}' is not an address`,
    'Give that of a model.json: https://example.com/model/model.json',
  );
}

async function download(location: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(location, {signal}).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new UserError(
      `'${location}' cannot be reached from this page`,
      'Check the address. Its server must let other sites read it (header Access-Control-Allow-Origin); where it does not, download the files and drop them here.',
    );
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new UserError(
    `'${location}' is not there: the server answers ${response.status} ${response.statusText}`.trim(),
    'Check the address: it should be that of the model.json, with its weight files beside it.',
  );
}
