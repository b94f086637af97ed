import {readFileSync} from 'node:fs';
import {join} from 'node:path';

interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const {packages} = JSON.parse(readFileSync(join(__dirname, '../../package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>;
};

/** Node's look-up: the package's own node_modules, then those of the folders around it. */
function isLocked(path: string, dependency: string): boolean {
  for (
    let folder = path;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/')))
  ) {
    const prefix = folder === '' ? '' : folder.replace(/\/?$/, '/');
    if (`${prefix}node_modules/${dependency}` in packages) return true;
    if (folder === '') return false;
  }
}

describe('package-lock.json', () => {
  it('names no registry, so that it serves with any', () => {
    expect(Object.keys(packages).filter(path => packages[path].resolved !== undefined)).toEqual([]);
  });

  it('lists every dependency, those of other platforms too, as npm ci demands', () => {
    const missing = Object.entries(packages).flatMap(
      ([path, {dependencies, optionalDependencies}]) =>
        Object.keys({...dependencies, ...optionalDependencies})
          .filter(dependency => !isLocked(path, dependency))
          .map(dependency => `${path} needs ${dependency}`),
    );
    expect(missing).toEqual([]);
  });
});
