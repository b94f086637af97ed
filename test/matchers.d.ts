declare namespace jest {
  interface Matchers<R> {
    /** See jest_setup.ts. */
    toThrowError(expected?: string | RegExp): R;
  }
}
