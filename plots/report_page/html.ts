/** Text as HTML shows it, between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Names of layers as short as they tell them apart: without the folders that all of them share, and
 * without the last part (the operation, as a rule) where the rest is another for each.
 *
 * @example shortNames(['net/a/Conv2D', 'net/b/depthwise']); // => ['a', 'b']
 */
export function shortNames(names: readonly string[]): string[] {
  const parts = names.map(name => name.split('/'));
  const [first = []] = parts;
  const differs = first.findIndex((part, i) => parts.some(own => own[i] !== part));
  const own = parts.map(all => all.slice(Math.max(Math.min(differs, all.length - 1), 0)));
  const folders = own.map(all => all.slice(0, -1).join('/'));
  const tell = !folders.includes('') && new Set(folders).size === folders.length;
  return tell ? folders : own.map(all => all.join('/'));
}

/** At most `length` characters, the beginning and the end of longer texts. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.floor((length - 1) / 3);
  return `${text.slice(0, head)}…${text.slice(head + 1 - length)}`;
}
