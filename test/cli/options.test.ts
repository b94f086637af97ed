import {
  joinChannels,
  parseChannels,
  parseCount,
  parseDivisors,
  parseInteger,
} from '../../cli/options.js';

describe('joinChannels', () => {
  it('joins the numbers after --mean and --std and leaves the rest', () => {
    expect(
      joinChannels(['--mean', '1', '2.5', '-3', 'model.json', '--std', '4', '--limit', '7']),
    ).toEqual(['--mean=1,2.5,-3', 'model.json', '--std=4', '--limit', '7']);
  });

  it('leaves other forms to the parser', () => {
    const args = ['--mean=1,2,3', '--std', '4,5,6', '--mean', 'x', '--std'];
    expect(joinChannels(args)).toEqual(args);
  });
});

describe('parsers', () => {
  it('take one number or three', () => {
    expect(parseChannels('127.5')).toEqual([127.5]);
    expect(parseChannels('1,-2,3e1')).toEqual([1, -2, 30]);
    for (const text of ['', 'x', '1,2', '1,2,3,4', '1,,3', 'Infinity'])
      expect(() => parseChannels(text)).toThrow(/expected one number or three/);
  });

  it('refuse to divide by zero', () => {
    expect(parseDivisors('2')).toEqual([2]);
    expect(() => parseDivisors('1,0,1')).toThrow(/cannot be 0/);
  });

  it('take integers and counts', () => {
    expect(parseInteger('-1')).toBe(-1);
    expect(parseCount('12')).toBe(12);
    for (const text of ['', '1.5', 'x', '1e3']) expect(() => parseInteger(text)).toThrow(/integer/);
    expect(() => parseCount('0')).toThrow(/at least 1/);
  });
});
