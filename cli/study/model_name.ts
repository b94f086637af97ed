/** What a model is called in tables: the folder of its model.json, or the file itself. */
export function modelName(location: string): string {
  const parts = location
    .replace(/[?#].*$/, '')
    .split(/[/\\]/)
    .filter(part => part !== '' && part !== '.' && part !== 'model.json');
  return parts[parts.length - 1] ?? location;
}
