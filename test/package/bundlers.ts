/** The apps of a folder's apps/, built into its built/ by bundlers, and what these complain about. */
import {spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {build, type Metafile} from 'esbuild';
import {root} from './consumer_project.js';

const viteProgram = join(root, 'node_modules/vite/bin/vite.js');

/** What Vite says of apps that are large, as any is with the backends of tfjs, and of machines that are busy. */
const viteAdvice = [
  /^\[plugin builtin:vite-reporter\]\s+\(!\) Some chunks are larger[^]*?chunkSizeWarningLimit\.$/m,
  /^\[PLUGIN_TIMINGS\][^]*?bundlertimings for more details\.$/m,
];

/** `vite build`, for the sub-path that the app is served from. @returns what it complains about */
export async function viteBuild(folder: string, app: string): Promise<string> {
  const site = `built/vite/${app}`;
  const flags = ['--base', `/${site}/`, '--outDir', join(folder, site), '--emptyOutDir'];
  const printed = await run(folder, [
    viteProgram,
    ...['build', join(folder, 'apps', app), '--logLevel', 'warn', ...flags],
  ]);
  return viteAdvice.reduce((text, advice) => text.replace(advice, ''), printed).trim();
}

export interface DevServer {
  readonly url: string;
  /** All that it has printed. */
  printed(): string;
  stop(): void;
}

/** Vite's development server over all apps. */
export async function viteServer(folder: string): Promise<DevServer> {
  const server = spawn(process.execPath, [viteProgram, '--host', '127.0.0.1'], {
    cwd: join(folder, 'apps'),
    env: {...process.env, NO_COLOR: '1'},
  });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      printed += String(chunk);
      const [, found] = /Local:\s+(http:\S+)/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`vite ended: ${printed}`)));
  });
  return {url, printed: () => printed, stop: () => void server.kill()};
}

/**
 * webpack in production mode; one of the apps minified, the others not, which takes it half a minute
 * each. Its advice on the size of an app is off: with tfjs in it, each is over its 244 kB.
 *
 * @returns what it complains about
 */
export async function webpackBuild(
  folder: string,
  apps: readonly string[],
  minified: string,
): Promise<string[]> {
  const configurations = apps.map(app => ({
    mode: 'production',
    context: join(folder, 'apps', app),
    entry: './main.js',
    output: {path: join(folder, 'built/webpack', app)},
    performance: {hints: false},
    ...(app === minified ? {} : {optimization: {minimize: false}}),
  }));
  for (const app of apps) writePage(folder, `built/webpack/${app}`, '<script defer');
  const script = join(__dirname, 'webpack_build.mjs');
  const printed = await run(folder, [script, JSON.stringify(configurations)]);
  return JSON.parse(printed) as string[];
}

/** esbuild into one classic script, or into chunks of ES modules. @returns what is in each file */
export async function esbuildBuild(
  folder: string,
  app: string,
  output: 'script' | 'chunks',
): Promise<Metafile['outputs']> {
  const site = `built/esbuild-${output}/${app}`;
  writePage(folder, site, output === 'script' ? '<script defer' : '<script type="module"');
  const format = output === 'script' ? {} : {splitting: true, format: 'esm' as const};
  const {warnings, metafile} = await build({
    absWorkingDir: folder,
    entryPoints: [`apps/${app}/main.js`],
    outdir: site,
    bundle: true,
    minify: true,
    metafile: true,
    logLevel: 'silent',
    ...format,
  });
  if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
  return metafile.outputs;
}

function writePage(folder: string, site: string, script: string): void {
  const page = join(folder, site, 'index.html');
  mkdirSync(dirname(page), {recursive: true});
  writeFileSync(page, `<!doctype html><meta charset="utf-8" />${script} src="main.js"></script>\n`);
}

/** What a program for Node prints. */
function run(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = spawn(process.execPath, args, {cwd});
    let printed = '';
    program.stdout.on('data', chunk => (printed += String(chunk)));
    program.stderr.on('data', chunk => (printed += String(chunk)));
    program.once('error', reject);
    program.once('close', status => {
      if (status === 0) resolve(stripVTControlCharacters(printed));
      else reject(new Error(`${args.join(' ')}\n${printed}`));
    });
  });
}
