/**
 * `toThrowError` as jasmine has it, for the tests that also run under jasmine in browsers: jest 30
 * dropped the name. A string must equal the message, a pattern must match it.
 */
function toThrowError(received: () => unknown, expected?: string | RegExp) {
  const thrown = messageOf(received);
  const pass =
    thrown !== undefined &&
    (expected === undefined ||
      (typeof expected === 'string' ? thrown === expected : expected.test(thrown)));
  const what = thrown === undefined ? 'nothing was thrown' : `thrown: ${thrown}`;
  return {pass, message: () => `expected ${pass ? 'no ' : ''}error ${expected ?? ''}; ${what}`};
}

function messageOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

expect.extend({toThrowError});
