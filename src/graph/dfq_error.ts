/**
 * What the caller can mend: a bad model, a bad option. The message names the node or file and the
 * remedy, and is fit to be shown as it is.
 */
export class DfqError extends Error {
  override readonly name = 'DfqError';
}
