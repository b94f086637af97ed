import {execFileSync} from 'node:child_process';
import {join} from 'node:path';

const boundary = 'boundaries/dependencies';

/** Each text stands in for a file that exists, because the rules with types know no others. */
const cases: [file: string, text: string, broken: string[]][] = [
  ['src/quant/range.ts', "import '../ops.js';\n", [boundary]],
  ['src/quant/range.ts', "import './grid.js';\n", []],
  ['src/ops.ts', "import './quant/grid.js';\n", [boundary]],
  ['src/graph/graph.ts', "import '../quant/grid.js';\nimport '../ops.js';\n", []],
  ['src/graph/graph.ts', "import '../../backend/index.js';\n", [boundary]],
  ['src/graph/graph.ts', "export * from '../../node/index.js';\n", [boundary]],
  ['src/graph/graph.ts', "export const load = () => import('../../node/index.js');\n", [boundary]],
  ['src/passes/pipeline.ts', "import './fold_batch_norm.js';\n", []],
  ['src/quantize.ts', "import './passes/fold_batch_norm.js';\n", [boundary]],
  ['src/statistics/probe.ts', "import '../passes/pipeline.js';\n", [boundary]],
  ['backend/int8_backend.ts', "import '../src/ops.js';\n", []],
  ['backend/int8_backend.ts', "import '../src/graph/graph.js';\n", [boundary]],
  ['node/index.ts', "import '../backend/index.js';\n", []],
  ['node/index.ts', "import '../scripts/chromium.mjs';\n", [boundary]],
  ['plots/figure.ts', "import '../src/quant/grid.js';\n", [boundary]],
  ['src/report/report.ts', "import '../../plots/index.js';\n", [boundary]],
  ['demo/worker.ts', "import '../models/pictograms/generator.js';\n", []],
  ['demo/worker.ts', "import '../cli/models.js';\n", [boundary]],
  ['src/graph/graph.ts', "import 'node:fs';\n", ['no-restricted-imports']],
  ['backend/int8_backend.ts', "console.log('x');\n", ['no-console', 'no-restricted-globals']],
  ['src/graph/graph.ts', 'export const {platform} = process;\n', ['no-restricted-globals']],
  ['src/quant/range.ts', '// eslint-disable-next-line\nimport "../ops.js";\n', [boundary]],
];

describe('the linter', () => {
  it('reports what a folder may not import or use, and nothing else', () => {
    const input = JSON.stringify(cases.map(([file, text]) => ({file, text})));
    const script = join(__dirname, 'lint_texts.mjs');
    const root = join(__dirname, '../..');
    const found = JSON.parse(
      execFileSync(process.execPath, [script], {input, cwd: root, encoding: 'utf8'}),
    ) as string[][];
    const relevant = (rules: string[]) =>
      rules.filter(rule => /^(boundaries|no-)/.test(rule)).sort();
    expect(found.map(relevant)).toEqual(cases.map(([, , broken]) => broken));
  }, 120_000);
});
