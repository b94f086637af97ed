import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

const root = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const tracked = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '--', ...patterns], {cwd: root, encoding: 'utf8'})
    .split('\n')
    .filter(file => file !== '' && existsSync(join(root, file)));

const documents = tracked('*.md');

/** GitHub's name of a heading. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function anchorsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading));
}

/** Links within the repository that lead nowhere. */
function brokenLinks(file: string): string[] {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  return links.filter(link => {
    if (/^https?:/.test(link)) return false;
    const [path, anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

/** The numbers at the ends of lines that define equations, and (n) elsewhere in comments. */
function equations(text: string, pattern: RegExp): Set<number> {
  return new Set([...text.matchAll(pattern)].map(([, number]) => Number(number)));
}

describe('the documents', () => {
  it('are there', () => {
    for (const file of ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'docs/quantization.md'])
      expect(documents).toContain(file);
  });

  it('link to what exists', () => {
    expect(documents.flatMap(file => brokenLinks(file).map(link => `${file}: ${link}`))).toEqual(
      [],
    );
  });

  it('number equations from (1) without gaps, once each, and code cites all of them', () => {
    const text = read('docs/quantization.md') + read('docs/passes.md');
    const defined = [...text.matchAll(/^ {4}.* \((\d+)\)$/gm)].map(([, number]) => Number(number));
    expect(defined.length).toBeGreaterThan(0);
    expect(defined).toEqual(defined.map((_, i) => i + 1));
    const comments = tracked('src', 'backend').flatMap(file =>
      read(file)
        .split('\n')
        .filter(line => /^\s*(\/\*\*|\*|\/\/)/.test(line)),
    );
    const cited = equations(comments.join('\n'), /(?:^|[\s:])\((\d+)\)(?=$|[\s,.:;])/gm);
    expect([...cited].filter(number => !defined.includes(number))).toEqual([]);
    expect(cited.size).toBe(defined.length);
  });

  it('have the two commands of a newcomer as the first sh blocks of the README', () => {
    const blocks = [...read('README.md').matchAll(/^```sh\n([^]*?)^```$/gm)].map(
      ([, text]) => text,
    );
    expect(blocks.slice(0, 2)).toEqual(['npm ci && npm run quickstart\n', 'npm ci && npm test\n']);
  });

  it('list every option of quantize and every pass', () => {
    const options = [...read('src/options.ts').matchAll(/^ {2}readonly (\w+)\?:/gm)];
    expect(options.length).toBeGreaterThan(8);
    const missing = options.filter(([, name]) => !read('README.md').includes(`\`${name}\``));
    expect(missing.map(([, name]) => name)).toEqual([]);
    const headings = [...read('docs/passes.md').matchAll(/^## ([\w-]+)$/gm)].map(
      ([, name]) => name,
    );
    const names = tracked('src/passes/*.ts').flatMap(
      file => /^ +name: '([\w-]+)',$/m.exec(read(file))?.[1] ?? [],
    );
    expect([...headings].sort()).toEqual([...names].sort());
  });
});
