/**
 * How the main thread and its workers talk: one array of int32 in shared memory, a cache line for each word that
 * several threads write.
 *
 * A command is open while {@link NEXT} is below {@link PARTS}. Whoever adds 1 to NEXT owns the part that it read there. A
 * worker counts itself in {@link ACTIVE} before it takes a part and for as long as it works. The main thread takes parts
 * too; when none is left it closes the command and waits until nobody is active: then every part is done, and no worker
 * can take one until the next command opens. Only then are COMMAND and PARTS written again, so a worker that wakes late
 * finds either no part or one of the new command, and never a mixture of two.
 */

const LINE = 16;

/** The part that is taken next, {@link CLOSED} and above between commands. */
export const NEXT = 0;
/** Workers that may be working. */
export const ACTIVE = LINE;
/** Changes with every command: what workers wait for. */
export const EPOCH = 2 * LINE;
/** Workers that sleep, or are about to. */
export const ASLEEP = 3 * LINE;
/** 1 while the main thread sleeps, until ACTIVE is 0. */
export const MAIN_ASLEEP = 4 * LINE;
/** Workers that have started. */
export const READY = 5 * LINE;
/** 1 once a part has thrown. */
export const FAILED = 6 * LINE;
/** Written by the main thread between commands. */
export const COMMAND = 7 * LINE;
export const PARTS = COMMAND + 1;

const WORDS = 8 * LINE;

/** More than any command has parts, and so low that workers adding 1 never overflow. */
export const CLOSED = 2 ** 30;

/** `run` of backend/assembly. Threads that run at the same time have different numbers; the main thread has 0. */
export type RunPart = (command: number, part: number, parts: number, thread: number) => void;

export function makeControl(): Int32Array<SharedArrayBuffer> {
  const words = new Int32Array(new SharedArrayBuffer(WORDS * 4));
  words[NEXT] = CLOSED;
  return words;
}

/** Takes parts of the open command until none is left. @returns how many */
export function takeParts(words: Int32Array, run: RunPart, thread: number): number {
  for (let taken = 0; ; taken++) {
    const part = Atomics.add(words, NEXT, 1);
    // Between commands both are old, and the part is CLOSED or above.
    const parts = Atomics.load(words, PARTS);
    if (part >= parts) return taken;
    run(Atomics.load(words, COMMAND), part, parts, thread);
  }
}
