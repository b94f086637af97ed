/** y = table[x + 128]: any function of one variable, and any change of grid. */
export function lookup(x: Int8Array, table: Int8Array, y: Int8Array): void {
  for (let i = 0; i < y.length; i++) y[i] = table[x[i] + 128];
}
