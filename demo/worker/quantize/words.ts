import {UserError} from '../../common/user_error.js';

const NO_MEMORY =
  /out of memory|\bOOM\b|allocation failed|enlarge memory|array buffer|array length/i;

/**
 * Runs work whose errors were written for programmers, and throws them as a reader can use them.
 *
 * @param remedy what to do where the message does not say; messages of the library tell it after a semicolon
 */
export async function inWords<T>(work: () => Promise<T>, remedy: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw worded(error, remedy);
  }
}

function worded(error: unknown, remedy: string): unknown {
  if (error instanceof UserError || error instanceof DOMException) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError || NO_MEMORY.test(message)) {
    return new UserError(
      `There is not enough memory for this: ${message}`,
      'Close other tabs and load the page again, or use the command dfq in Node, which has more.',
    );
  }
  if (error instanceof TypeError) return new UserError(`TensorFlow.js failed: ${message}`, remedy);
  const end = message.lastIndexOf('; ');
  return end < 0
    ? new UserError(message, remedy)
    : new UserError(message.slice(0, end), message.slice(end + 2));
}
