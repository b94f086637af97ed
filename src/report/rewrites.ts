import type {Rewrite} from '../passes/pass.js';

/** Places where a pass did, or refused, the same thing. */
export interface RewriteGroup {
  readonly done: boolean;
  readonly text: string;
  readonly nodes: readonly string[];
}

/** Rewrites by what was done, in the order of the first of each. */
export function grouped(rewrites: readonly Rewrite[]): RewriteGroup[] {
  const groups = new Map<string, {done: boolean; text: string; nodes: string[]}>();
  for (const {node, done, text} of rewrites) {
    const key = `${done} ${text}`;
    const group = groups.get(key) ?? {done, text, nodes: []};
    groups.set(key, group);
    group.nodes.push(node);
  }
  return [...groups.values()];
}

/** What a pass did in how many places, where it left something alone, and its remarks on the whole graph. */
export function tally(rewrites: readonly Rewrite[]) {
  const placed = rewrites.filter(({node}) => node !== '');
  return {
    done: placed.filter(({done}) => done).length,
    left: placed.filter(({done}) => !done),
    remarks: rewrites.filter(({node}) => node === '').map(({text}) => text),
  };
}
