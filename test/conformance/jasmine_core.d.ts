/** The part of jasmine-core, which ships no types, that entry.ts uses. */
declare module 'jasmine-core' {
  export interface SpecResult {
    fullName: string;
    status: 'passed' | 'failed' | 'pending' | 'excluded';
    failedExpectations: {message: string}[];
  }

  export interface Env {
    configure(configuration: {random: boolean}): void;
    addReporter(reporter: {specDone(result: SpecResult): void}): void;
    execute(): Promise<{overallStatus: string}>;
  }

  /** Also defines jasmine's globals. */
  export function boot(): {getEnv(): Env};
}
