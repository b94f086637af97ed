import {KNOWN_FAILURES} from './known_failures.js';
import {runConformance, type Conformance} from './run.js';

describe('the op tests of tfjs-core on int8', () => {
  let result: Conformance;

  beforeAll(async () => {
    result = await runConformance('int8');
  }, 300_000);

  it('pass, all of them', () => {
    const unexpected = Object.entries(result.failed).filter(([name]) => !(name in KNOWN_FAILURES));
    expect(Object.fromEntries(unexpected)).toEqual({});
    // Fewer would mean that some did not run: 'cpu' passes 4,227, two of which are for 'cpu' alone.
    expect(result.passed.length + Object.keys(KNOWN_FAILURES).length).toBe(4225);
  });

  it('fail where the list of known failures says so', () => {
    const failed = Object.keys(result.failed);
    expect(Object.keys(KNOWN_FAILURES).filter(name => !failed.includes(name))).toEqual([]);
  });
});
