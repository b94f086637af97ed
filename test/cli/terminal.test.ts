import {PassThrough} from 'node:stream';
import {formatBytes, formatTable, startProgress} from '../../cli/terminal.js';
import {recorder} from './fixtures.js';

describe('formatTable', () => {
  it('aligns words left and numbers right, without lines or colours', () => {
    expect(
      formatTable(
        ['node', 'ms'],
        [
          ['conv', '7'],
          ['softmax', '–'],
          ['x', '12.50'],
        ],
      ),
    ).toBe(['node        ms', 'conv         7', 'softmax      –', 'x        12.50'].join('\n'));
  });
});

describe('formatBytes', () => {
  it('chooses the unit', () => {
    expect([0, 999, 1500, 10_407_936].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '10.41 MB',
    ]);
  });
});

describe('startProgress', () => {
  it('writes nothing into a pipe', () => {
    const terminal = recorder();
    const progress = startProgress(terminal);
    progress.update('images', 1, 2);
    progress.stop();
    expect(terminal.errors() + terminal.output()).toBe('');
  });

  it('draws a bar on a terminal and gives the line back', () => {
    const err = Object.assign(new PassThrough(), {isTTY: true, columns: 80});
    const progress = startProgress({out: new PassThrough(), err});
    progress.update('images', 1, 2);
    progress.update('images', 2, 2);
    progress.stop();
    progress.stop();
    const drawn = String(err.read());
    expect(drawn).toMatch(/50 % {2}1\/2 {2}images/);
    expect(drawn.endsWith('\u001b[1G\u001b[2K')).toBe(true); // to the start of the line, erase it
  });
});
