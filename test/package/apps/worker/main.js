// An app that quantizes in a Web Worker.
const worker = new Worker(new URL('./worker.js', import.meta.url), {type: 'module'});

globalThis.result = new Promise((resolve, reject) => {
  worker.onmessage = ({data}) => ('error' in data ? reject(new Error(data.error)) : resolve(data));
  worker.onerror = event => reject(new Error(event.message));
  worker.postMessage('/models/float/model.json');
});
