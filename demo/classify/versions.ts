import type {VersionName} from '../worker/pictograms.js';

export type {VersionName};

export interface VersionText {
  readonly name: VersionName;
  readonly title: string;
  /** What it is, in a few words. */
  readonly what: string;
}

/** The columns of the page. */
export const VERSIONS: readonly VersionText[] = [
  {name: 'float', title: 'Float', what: '32 bits, backend wasm'},
  {name: 'plain', title: 'Plain INT8', what: 'rounded, nothing else'},
  {name: 'dfq', title: 'DFQ INT8', what: 'data-free quantization'},
];

export type OfVersions<T> = Readonly<Record<VersionName, T>>;

/** One value for each version. */
export function forVersions<T>(make: (name: VersionName) => T): OfVersions<T> {
  return {float: make('float'), plain: make('plain'), dfq: make('dfq')};
}
