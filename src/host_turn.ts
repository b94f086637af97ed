/** What we use of a host's message channels; this folder is compiled without types of hosts. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

interface Host {
  MessageChannel?: new () => {readonly port1: Port; readonly port2: Port};
}

/**
 * Lets the host do what waits: events, painting, the app's own timers. By a message and not by a timer, which pages
 * in the background get once a second. Without message channels it gives way to promises alone.
 */
export function hostTurn(): Promise<void> {
  const {MessageChannel} = globalThis as unknown as Host;
  if (MessageChannel === undefined) return Promise.resolve();
  return new Promise(resolve => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
