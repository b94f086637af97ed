#!/usr/bin/env node
import {createRequire} from 'node:module';
import {run} from './run.js';

const {version} = createRequire(import.meta.url)('tfjs-dfq/package.json') as {version: string};

// `dfq inspect model | head` closes the pipe early; that is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(
  process.argv.slice(2),
  {out: process.stdout, err: process.stderr},
  version,
);
