/** The message of the error that `run` throws; undefined if it throws none. Jest and jasmine alike. */
export function messageOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}
