/** A partition of names that grows coarser: union-find. A name that was never joined is its own set. */
export class DisjointSets {
  private readonly parent = new Map<string, string>();

  /** The name that stands for the set of `name`. */
  find(name: string): string {
    let root = name;
    for (let next = this.parent.get(root); next !== undefined; next = this.parent.get(root)) {
      root = next;
    }
    return root;
  }

  /** Makes one set of two; the representative of `into` stands for it. */
  join(into: string, from: string): void {
    const [root, other] = [this.find(into), this.find(from)];
    if (root !== other) this.parent.set(other, root);
  }
}
