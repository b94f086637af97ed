/**
 * stdin: JSON [{file, text}]; stdout: JSON of the rules that each text breaks as that file. A process
 * of its own because ESLint loads its configuration as an ES module, which jest's context cannot.
 */
import {text} from 'node:stream/consumers';
import {ESLint} from 'eslint';

const cases = JSON.parse(await text(process.stdin));
const eslint = new ESLint();
const rules = [];
for (const {file, text} of cases) {
  const [{messages}] = await eslint.lintText(text, {filePath: file});
  rules.push(messages.map(({ruleId}) => ruleId ?? 'parse error'));
}
process.stdout.write(JSON.stringify(rules));
