/**
 * Everything that must hold, cheapest first: `npm test`. Goes on after a failure, so that one run
 * shows all; ends with 'N passed, N failed' over all runners (a check such as lint counts as one)
 * and exits with 1 if anything failed. Names of steps as arguments run only those.
 */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium} from './chromium.mjs';

const root = dirname(fileURLToPath(new URL('.', import.meta.url)));
const results = join(root, 'build/test-results');

const jest = name => ['npm', 'run', '-s', `test:${name}`, '--', '--silent', '--json', `--outputFile=${join(results, `${name}.json`)}`]; // prettier-ignore
const npm = (...args) => ['npm', 'run', '-s', ...args];

/** `count` reads what a runner wrote; without it a step is one check. */
const steps = [
  {name: 'lint', command: npm('lint')},
  {name: 'format', command: npm('format:check')},
  {name: 'types', command: npm('typecheck')},
  {name: 'build', command: npm('build')},
  {name: 'node', command: jest('node'), count: jestCounts},
  {name: 'browser', command: npm('test:browser'), count: browserCounts},
  {name: 'package', command: jest('package'), count: jestCounts},
  {name: 'demo', command: jest('demo'), count: jestCounts},
];

function jestCounts(report) {
  const {numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites} = report;
  // A file that does not even load has no tests to count.
  return {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    skipped: numPendingTests,
  };
}

function browserCounts({passed, failed, skipped}) {
  return {passed, failed, skipped};
}

/** A runner that exits with an error has failed, whatever it counted. */
function run({name, command: [program, ...args], count}) {
  console.log(`\n=== ${name}`);
  const start = Date.now();
  const {status} = spawnSync(program, args, {cwd: root, stdio: 'inherit'});
  const ok = status === 0;
  const counts = {passed: 0, failed: 0, skipped: 0};
  const report = join(results, `${name}.json`);
  if (count && existsSync(report)) {
    Object.assign(counts, count(JSON.parse(readFileSync(report, 'utf8'))));
  } else if (ok) {
    counts.passed = 1;
  }
  if (!ok && counts.failed === 0) counts.failed = 1;
  return {name, ok, seconds: (Date.now() - start) / 1000, ...counts};
}

function wanted(names) {
  const unknown = names.filter(name => !steps.some(step => step.name === name));
  if (unknown.length > 0) {
    throw new Error(`unknown step '${unknown[0]}'; there are ${steps.map(s => s.name).join(', ')}`);
  }
  return steps.filter(({name}) => names.length === 0 || names.includes(name));
}

function main() {
  const selected = wanted(process.argv.slice(2));
  if (selected.some(({name}) => ['browser', 'package', 'demo'].includes(name))) chromium(); // fail early
  rmSync(results, {recursive: true, force: true});
  mkdirSync(results, {recursive: true});
  const outcomes = selected.map(run);

  console.log();
  for (const {name, ok, passed, failed, skipped, seconds} of outcomes) {
    const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    console.log(
      `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${counts} (${seconds.toFixed(0)} s)`,
    );
  }
  const total = key => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  const skipped = total('skipped') ? `, ${total('skipped')} skipped` : '';
  console.log(`${total('passed')} passed, ${total('failed')} failed${skipped}`);
  process.exitCode = outcomes.every(({ok}) => ok) ? 0 : 1;
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
