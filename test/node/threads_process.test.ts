import {execFileSync} from 'node:child_process';
import {join} from 'node:path';

describe('a Node program with threads', () => {
  it('ends by itself, and needs no CPU while they idle', () => {
    const command = ['--import', 'tsx', join(__dirname, 'threads_script.ts')];
    const text = execFileSync(process.execPath, command, {encoding: 'utf8', timeout: 50_000});
    const {threads, share} = JSON.parse(text) as {threads: number; share: number};
    expect(threads).toBe(3);
    expect(share).toBeLessThan(0.2); // of one core; a thread that spins takes what it gets
  });
});
