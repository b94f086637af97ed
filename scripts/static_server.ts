import {readFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import {type AddressInfo} from 'node:net';
import {extname, join, normalize} from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** A web server on loopback that does what any static host does: the files of one folder, no more. */
export class StaticServer {
  private constructor(private readonly server: Server) {}

  /** @param headers sent with every file */
  static async start(
    folder: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<StaticServer> {
    const server = createServer((request, response) => {
      const {pathname} = new URL(request.url ?? '/', 'http://localhost');
      const file = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
      const path = join(folder, normalize(decodeURIComponent(file)));
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      readFile(path).then(
        body => response.writeHead(200, {'content-type': type, ...headers}).end(body),
        ({code}: NodeJS.ErrnoException) =>
          code === 'EISDIR'
            ? response.writeHead(301, {location: `${pathname}/`}).end()
            : response.writeHead(404).end(),
      );
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new StaticServer(server);
  }

  /** @returns the address of a path */
  url(path: string): string {
    const {port} = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${path}`;
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise(resolve => this.server.close(resolve));
  }
}
