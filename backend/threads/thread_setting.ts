import {pageThreadHost} from './page_thread_host.js';
import type {ThreadHost} from './thread_host.js';

/** Threads of which a model of usual size makes good use. */
const MAXIMUM_DEFAULT = 8;

let askedFor: number | undefined;
let givenHost: ThreadHost | undefined;

/** Node's entries say how Node starts threads; pages need not be told. */
export function setThreadHost(host: ThreadHost): void {
  givenHost = host;
}

/** @returns undefined where there are no threads */
export function threadHost(): ThreadHost | undefined {
  return givenHost ?? pageThreadHost();
}

export function askForThreads(count: number): void {
  askedFor = count;
}

/** What the app asked for. */
export function threadsAskedFor(): number | undefined {
  return askedFor;
}

export function defaultThreads({cores}: ThreadHost): number {
  return Math.min(cores, MAXIMUM_DEFAULT);
}
