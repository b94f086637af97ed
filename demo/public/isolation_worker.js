/**
 * A service worker for hosts that cannot send headers: it adds those of cross-origin isolation to
 * this site's own responses, which gives the pages threads. common/isolation.ts registers it.
 */
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', event => {
  if (new URL(event.request.url).origin !== self.location.origin) return;
  event.respondWith(isolated(event.request));
});

async function isolated(request) {
  const response = await fetch(request);
  if (response.status === 0) return response; // a redirection, which the browser follows by itself
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  const {status, statusText} = response;
  const bodyless = status === 204 || status === 304;
  return new Response(bodyless ? null : response.body, {status, statusText, headers});
}
