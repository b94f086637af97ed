/** Set for the tab once it was loaded anew, lest a host that refuses makes it do so forever. */
const TRIED = 'isolation-tried';

/** Longest wait for the service worker. */
const PATIENCE_MS = 3000;

/**
 * Turns cross-origin isolation on where the host did not: registers a service worker that adds the
 * headers, and loads the page once more. Resolves when the page may start, with threads or without;
 * never when it is about to be loaded anew.
 */
export async function isolate(): Promise<void> {
  if (crossOriginIsolated || !('serviceWorker' in navigator)) return;
  if (sessionStorage.getItem(TRIED) !== null) return;
  sessionStorage.setItem(TRIED, 'yes');
  if (!(await startServiceWorker())) return;
  location.reload();
  await new Promise(() => undefined);
}

async function startServiceWorker(): Promise<boolean> {
  const {serviceWorker} = navigator;
  try {
    // Beside the landing page, so that it sees the requests of all pages.
    await serviceWorker.register(new URL('../isolation_worker.js', document.baseURI));
  } catch {
    return false;
  }
  const ready = serviceWorker.ready.then(() => true);
  return Promise.race([
    ready,
    new Promise<false>(end => setTimeout(() => end(false), PATIENCE_MS)),
  ]);
}
