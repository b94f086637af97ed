export function compileAssembly(
  entry: string,
  baseDir: string,
  memory?: {shared?: boolean},
): Promise<Uint8Array<ArrayBuffer>>;
