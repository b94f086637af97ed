/** npm run bench: our speed and that of the peers; see README.md here. */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {availableParallelism, cpus} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {Command} from 'commander';
import {useBackend} from '../cli/backends.js';
import {parseCount} from '../cli/options.js';
import {timeInPage} from './browser.js';
import {CEILING_MACS} from './microkernels/ceiling_loop.js';
import {MODELS} from './models/index.js';
import {writePlot} from './plot.js';
import {type FloatNodes, prepare} from './prepare.js';
import {resultTable, type Result, resultsOf} from './results.js';
import type {Limits} from './rounds.js';
import type {Answer, Task} from './task.js';

interface Options {
  readonly models?: string;
  readonly rounds: number;
  readonly budget: number;
  readonly threads?: number;
  readonly quick?: boolean;
  readonly browser?: boolean;
  readonly json: string;
  readonly plot?: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '..');

const QUICK = ['ds_cnn'];

/** Milliseconds; see {@link Limits}. */
const SLOW = 4000;

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('npm run bench --')
    .description('Our speed and that of the peers, in turn in one run.')
    .option('--models <names>', `with commas between: ${Object.keys(MODELS).join(',')}`)
    .option('--rounds <n>', 'timed runs of each peer', parseCount, 15)
    .option('--budget <s>', 'seconds of rounds for each peer and model', parseCount, 8)
    .option('--threads <n>', 'only this number; by default 1 and all cores', parseCount)
    .option('--quick', 'the smallest model, three rounds, one thread')
    .option('--browser', 'the peers in JavaScript, in headless Chromium')
    .option('--json <file>', 'where all figures go', path.join(root, 'build/bench.json'))
    .option('--plot <file>', 'draw the table into an SVG file')
    .parse(args, {from: 'user'});
  await bench(program.opts<Options>());
}

async function bench(options: Options): Promise<void> {
  const names = namesOf(options);
  const models: {name: string; folder: string}[] = [];
  const floatNodes: Record<string, FloatNodes> = {};
  await useBackend('int8');
  for (const name of names) {
    const folder = path.join(root, 'build/bench', name);
    console.error(`quantizing ${name}`);
    floatNodes[name] = await prepare(name, folder);
    models.push({name, folder});
  }
  if (!options.browser && !existsSync(path.join(here, 'node_modules/onnxruntime-node'))) {
    console.error(
      'without onnxruntime-node; to have it: cd bench && ONNXRUNTIME_NODE_INSTALL=skip npm install',
    );
  }
  const results: Result[] = [];
  const take = (answer: Answer) => {
    const made = resultsOf(answer, CEILING_MACS);
    results.push(...made);
    console.log(`${resultTable(made)}\n`);
  };
  for (const threads of threadCounts(options)) {
    const task: Task = {models, threads, limits: limitsOf(options)};
    await (options.browser ? timeInPage(root, task, take) : timeInProcess(task, take));
  }
  await write(options, {results, floatNodes});
}

function namesOf({models, quick}: Options): string[] {
  const names = models?.split(',') ?? (quick ? QUICK : Object.keys(MODELS));
  const unknown = names.find(name => !(name in MODELS));
  if (unknown === undefined) return names;
  throw new Error(`there is no model '${unknown}'; there are ${Object.keys(MODELS).join(', ')}`);
}

function limitsOf({rounds, budget, quick}: Options): Limits {
  return {rounds: quick ? 3 : rounds, budget: 1000 * budget, slow: SLOW};
}

function threadCounts({threads, quick}: Options): number[] {
  if (threads !== undefined) return [threads];
  return quick ? [1] : [...new Set([1, availableParallelism()])];
}

async function timeInProcess(task: Task, take: (answer: Answer) => void): Promise<void> {
  const child = fork(path.join(here, 'node_peers.ts'), {execArgv: ['--import', 'tsx']});
  child.on('message', message => take(message as Answer));
  child.send(task);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`timing with ${task.threads} threads failed`);
}

async function write(
  {json, plot, browser}: Options,
  {results, floatNodes}: {results: readonly Result[]; floatNodes: Record<string, FloatNodes>},
): Promise<void> {
  const host = browser ? 'Chromium' : `Node ${process.versions.node}`;
  const machine = {cpu: cpus()[0]?.model, cores: availableParallelism(), host};
  await mkdir(path.dirname(json), {recursive: true});
  await writeFile(json, `${JSON.stringify({machine, results, floatNodes}, undefined, 2)}\n`);
  if (plot !== undefined) await writePlot(plot, results, host);
}

await main(process.argv.slice(2));
