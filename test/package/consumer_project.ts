import {execFileSync, spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {writeSmallModel} from './small_model.js';

export const root = join(__dirname, '../..');

export interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

export interface Packed {
  readonly filename: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: PackedFile[];
}

/** Packs what is built; the tarball goes into `folder`. */
export function pack(folder: string): Packed {
  if (!existsSync(join(root, 'dist/tfjs-dfq.browser.js'))) {
    throw new Error('dist is missing or incomplete; run npm run build first');
  }
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const json = execFileSync('npm', args, {cwd: root, encoding: 'utf8', stdio: 'pipe'});
  const [packed] = Object.values(JSON.parse(json) as Record<string, Packed>);
  return packed;
}

/** An app of its own, with the tarball and the two peers installed by npm, and a float model. */
export class ConsumerProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'tfjs-dfq-consumer-'));
  readonly packed: Packed;

  constructor() {
    this.packed = pack(this.folder);
    writeFileSync(
      join(this.folder, 'package.json'),
      JSON.stringify({name: 'consumer', private: true, type: 'module'}),
    );
    this.run('npm', [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      `./${this.packed.filename}`,
      '@tensorflow/tfjs-core@4.22',
      '@tensorflow/tfjs-converter@4.22',
    ]);
    cpSync(join(__dirname, 'consumer'), this.folder, {recursive: true});
    writeSmallModel(join(this.folder, 'float'));
  }

  /** stdout of a command run in the project; throws with all that it printed when it fails. */
  run(program: string, args: string[]): string {
    const {status, stdout, stderr} = spawnSync(program, args, {cwd: this.folder, encoding: 'utf8'});
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** What a script of the project printed last, as JSON. */
  script<T>(file: string): T {
    const lines = this.run(process.execPath, [file, this.folder]).trimEnd().split('\n');
    return JSON.parse(lines[lines.length - 1]) as T;
  }

  remove(): void {
    rmSync(this.folder, {recursive: true, force: true});
  }
}
