import {CommanderError} from 'commander';
import {joinChannels} from './options.js';
import {makeProgram, oneLine} from './program.js';
import type {Terminal} from './terminal.js';

/**
 * Run the `dfq` command.
 *
 * @param args what follows the command's name
 * @returns the exit code: 0, or 1 after one line on `terminal.err`
 */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<number> {
  try {
    await makeProgram(terminal, version).parseAsync(joinChannels(args), {from: 'user'});
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // it has printed its message
    terminal.err.write(`dfq: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}
