import {bytes, milliseconds, percent, sentence} from '../../../demo/common/format.js';

describe('numbers for readers', () => {
  it('have a unit and the digits that matter', () => {
    expect(percent(0.9163)).toBe('91.6 %');
    expect(percent(0.255, 0)).toBe('26 %');
    expect([999, 190_512, 4_321_000].map(bytes)).toEqual(['999 B', '190.5 kB', '4.3 MB']);
    expect([1.234, 12.34, 123.4].map(milliseconds)).toEqual(['1.23 ms', '12.3 ms', '123 ms']);
  });
});

describe('a sentence', () => {
  it('has a capital and one full stop', () => {
    expect(sentence('bits is 9')).toBe('Bits is 9.');
    expect(sentence('Really?')).toBe('Really?');
  });
});
