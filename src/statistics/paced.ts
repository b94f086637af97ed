/** Told how many are done; what it returns is waited for. */
export type OnDone = (done: number) => void | Promise<void>;

/** The items one by one; each is done when the next is asked for. */
export async function* paced<T>(
  items: Iterable<T> | AsyncIterable<T>,
  onDone: OnDone,
): AsyncGenerator<T> {
  let done = 0;
  for await (const item of items) {
    yield item;
    await onDone(++done);
  }
}
