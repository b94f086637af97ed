import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {loadModel} from '../../node/load_model.js';
import {httpSource} from '../../node/model_source.js';
import {saveModel} from '../../node/save_model.js';

let folder: string;
let server: Server;
let url: string;
let requests: string[] = [];

/** /model/… is a whole model; /broken/… the same without weight files; /page/… answers everything with HTML. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-http-'));
  await saveModel(path.join(folder, 'model'), {
    modelTopology: {node: []},
    weightSpecs: [{name: 'w', shape: [3], dtype: 'float32'}],
    weightData: new Float32Array([1, 2, 3]).buffer,
  });
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const {pathname} = new URL(request.url ?? '', 'http://localhost');
    if (pathname.startsWith('/page/')) return void response.end('<!doctype html>');
    const file = pathname.replace(/^\/broken\/(model.json)?/, (_, json) =>
      json ? '/model/model.json' : '/none/',
    );
    void readFile(path.join(folder, file)).then(
      bytes => response.end(bytes),
      () => response.writeHead(404).end('no such file'),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  await rm(folder, {recursive: true, force: true});
});
beforeEach(() => {
  requests = [];
});

const load = (location: string) => loadModel(httpSource(location));

describe('httpSource', () => {
  it('loads model.json and its weights', async () => {
    const {weightData} = await load(`${url}/model/model.json`);
    expect([...new Float32Array(weightData as ArrayBuffer)]).toEqual([1, 2, 3]);
  });

  it('asks for weights with the query of model.json', async () => {
    await load(`${url}/model/model.json?key=1`);
    expect(requests).toEqual(['/model/model.json?key=1', '/model/group1-shard1of1.bin?key=1']);
  });

  it('names a model that is not there', async () => {
    await expect(load(`${url}/none/model.json`)).rejects.toThrow(
      `cannot fetch '${url}/none/model.json': HTTP 404 Not Found`,
    );
  });

  it('names weights that are not there', async () => {
    await expect(load(`${url}/broken/model.json`)).rejects.toThrow(
      `cannot fetch '${url}/broken/group1-shard1of1.bin': HTTP 404`,
    );
  });

  it('names what is not JSON', async () => {
    await expect(load(`${url}/page/model.json`)).rejects.toThrow(
      `'${url}/page/model.json' is not valid JSON`,
    );
  });

  it('names a server that does not answer', async () => {
    const closed = createServer();
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve));
    const nobody = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/model.json`;
    await new Promise(resolve => closed.close(resolve));
    await expect(load(nobody)).rejects.toThrow(`cannot fetch '${nobody}': connect ECONNREFUSED`);
  });
});
