/** Numbers for readers. */

/** @example percent(0.9163); // => '91.6 %' */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** @example bytes(190_512); // => '190.5 kB' */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const kilo = count / 1000;
  return kilo < 1000 ? `${kilo.toFixed(1)} kB` : `${(kilo / 1000).toFixed(1)} MB`;
}

/** @example milliseconds(1.234); // => '1.23 ms' */
export function milliseconds(time: number): string {
  return `${time.toFixed(time < 10 ? 2 : time < 100 ? 1 : 0)} ms`;
}

/**
 * A message as a sentence: errors of the library have neither capital nor full stop.
 *
 * @example sentence('bits is 9'); // => 'Bits is 9.'
 */
export function sentence(message: string): string {
  const ended = /[.!?…]$/.test(message) ? message : `${message}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
