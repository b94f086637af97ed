export function compileAssembly(entry: string, baseDir: string): Promise<Uint8Array<ArrayBuffer>>;
