/** Text as HTML shows it, between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Names without the folders that all of them share, which tell layers of one model apart no better.
 *
 * @example withoutCommonFolders(['net/a/conv', 'net/b/conv']); // => ['a/conv', 'b/conv']
 */
export function withoutCommonFolders(names: readonly string[]): string[] {
  const folders = names.map(name => name.split('/').slice(0, -1));
  const [first = []] = folders;
  const differs = first.findIndex((part, i) => folders.some(own => own[i] !== part));
  const shared = differs < 0 ? first.length : differs;
  return names.map(name => name.split('/').slice(shared).join('/'));
}

/** At most `length` characters, the beginning and the end of longer texts. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.floor((length - 1) / 3);
  return `${text.slice(0, head)}…${text.slice(head + 1 - length)}`;
}
