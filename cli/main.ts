#!/usr/bin/env node
import {createRequire} from 'node:module';
import {run} from './run.js';

const {version} = createRequire(import.meta.url)('tfjs-dfq/package.json') as {version: string};

process.exitCode = await run(
  process.argv.slice(2),
  {out: process.stdout, err: process.stderr},
  version,
);
