import {dfq} from './fixtures.js';

describe('dfq', () => {
  it('lists its commands', async () => {
    const {code, output, errors} = await dfq('--help');
    expect([code, errors]).toEqual([0, '']);
    for (const command of ['quantize', 'evaluate', 'inspect', 'rewrite'])
      expect(output).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each(['quantize', 'evaluate', 'inspect', 'rewrite'])(
    'explains %s with examples',
    async command => {
      const {code, output} = await dfq(command, '--help');
      expect(code).toBe(0);
      expect(output).toMatch(new RegExp(`^Usage: dfq ${command} `));
      expect(output).toMatch(new RegExp(`^Examples:\n  \\$ dfq ${command} `, 'm'));
    },
  );

  it('takes every option that it documents', async () => {
    const {output} = await dfq('quantize', '--help');
    const options = ['out', 'bits', 'weight-bits', 'activation-bits', 'per-channel', 'symmetric'];
    const grids = ['symmetric-weights', 'symmetric-activations', 'scales'];
    for (const option of [...options, ...grids, 'skip', 'without', 'mean', 'std', 'report'])
      expect(output).toMatch(new RegExp(`^  --${option}\\b`, 'm'));
  });

  it('says its version', async () => {
    expect(await dfq('--version')).toEqual({code: 0, output: '1.2.3\n', errors: ''});
  });

  it.each([
    [['quantise'], /unknown command 'quantise' \(Did you mean quantize\?\)/],
    [['quantize', '--out', 'x'], /missing required argument 'model'/],
    [['quantize', 'm'], /required option '--out <dir>' not specified/],
    [['quantize', 'm', '--out', 'x', '--bitz', '8'], /unknown option '--bitz'/],
    [['quantize', 'm', '--out', 'x', '--bits', 'eight'], /'eight' is invalid. expected an integer/],
    [['quantize', 'm', '--out', 'x', '--mean', '1', '2'], /expected one number or three/],
    [['evaluate', 'm', '--images', 'i', '--labels', 'l', '--limit', '0'], /at least 1/],
    [['evaluate', 'm', 'n', '--images', 'i', '--labels', 'l'], /too many arguments/],
  ])('refuses %j in one line', async (args, message) => {
    const {code, output, errors} = await dfq(...args);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(message);
    expect(errors).toMatch(/^dfq: .+\n$/);
  });
});
