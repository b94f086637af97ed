import {UserError} from '../common/user_error.js';
import type {GivenFile} from '../worker/quantize/file_source.js';

/** Files that a file control holds; with their folders where one was chosen. */
export function chosenFiles(control: HTMLInputElement): GivenFile[] {
  const files = [...(control.files ?? [])];
  control.value = ''; // so that the same can be chosen again
  return files.map(file => ({path: file.webkitRelativePath || file.name, file}));
}

/**
 * Files that were dropped, folders walked through. Call it while the event is handled: what was dropped is
 * gone after it.
 *
 * @throws UserError where there is no file in it
 */
export async function droppedFiles(transfer: DataTransfer | null): Promise<GivenFile[]> {
  const items = [...(transfer?.items ?? [])];
  const entries = items.flatMap(item => item.webkitGetAsEntry() ?? []);
  const plain = [...(transfer?.files ?? [])].map(file => ({path: file.name, file}));
  const files = entries.length > 0 ? (await Promise.all(entries.map(walk))).flat() : plain;
  if (files.length > 0) return files;
  throw new UserError(
    'What was dropped has no file in it',
    'Drag files or a folder from the file manager, not a link.',
  );
}

async function walk(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{path: entry.fullPath.replace(/^\//, ''), file}];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: GivenFile[][] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found.flat();
    found.push(...(await Promise.all(some.map(walk))));
  }
}

/** Whether all of the files are images, by what the browser takes them for. */
export function areImages(files: readonly GivenFile[]): boolean {
  return files.every(({file}) => file.type.startsWith('image/'));
}

/** Makes `place` take what is dropped on it; it has the class 'dropping' while something hovers. */
export function onDrop(
  place: HTMLElement,
  take: (files: readonly GivenFile[]) => Promise<unknown>,
  attempt: (action: () => Promise<unknown>) => void,
): void {
  const {classList} = place;
  place.addEventListener('dragover', event => {
    event.preventDefault();
    event.stopPropagation();
    classList.add('dropping');
  });
  place.addEventListener('dragleave', event => {
    const to = event.relatedTarget;
    if (!(to instanceof Node && place.contains(to))) classList.remove('dropping');
  });
  place.addEventListener('drop', event => {
    event.preventDefault();
    event.stopPropagation();
    classList.remove('dropping');
    const files = droppedFiles(event.dataTransfer);
    attempt(async () => take(await files));
  });
}
