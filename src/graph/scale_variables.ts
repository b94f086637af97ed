/**
 * Unknown positive scales that prove to be equal, or to be 1: union-find over integers.
 */
export class ScaleVariables {
  private readonly parents: number[] = [];
  private readonly reasons = new Map<number, string>();

  /** `count` new variables; returns their numbers, which are consecutive. */
  create(count: number): Int32Array {
    const first = this.parents.length;
    for (let i = 0; i < count; i++) this.parents.push(first + i);
    return Int32Array.from({length: count}, (_, i) => first + i);
  }

  /** The variable that stands for all that are equal to this one. */
  find(variable: number): number {
    const {parents} = this;
    let root = variable;
    while (parents[root] !== root) root = parents[root];
    for (let at = variable; at !== root;) [parents[at], at] = [root, parents[at]];
    return root;
  }

  join(a: number, b: number): void {
    const [into, from] = [this.find(a), this.find(b)];
    if (into === from) return;
    this.parents[from] = into;
    const reason = this.reasons.get(into) ?? this.reasons.get(from);
    if (reason !== undefined) this.reasons.set(into, reason);
  }

  /** The scale must be 1; the first reason stands. */
  block(variable: number, reason: string): void {
    const root = this.find(variable);
    if (!this.reasons.has(root)) this.reasons.set(root, reason);
  }

  /** Why the scale must be 1, if it must. */
  reason(variable: number): string | undefined {
    return this.reasons.get(this.find(variable));
  }
}
