export function compileAssembly(
  entry: string,
  baseDir: string,
  memory?: {shared?: boolean; relaxed?: boolean},
): Promise<Uint8Array<ArrayBuffer>>;
