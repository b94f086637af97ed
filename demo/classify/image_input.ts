import {byId} from '../common/dom.js';
import {UserError} from '../common/user_error.js';

/** Images that the reader chooses, drops anywhere on the page or pastes. */
export function onImageGiven(
  take: (file: Blob) => Promise<void>,
  attempt: (action: () => Promise<unknown>) => void,
): void {
  const chooser = byId('file', HTMLInputElement);
  byId('choose', HTMLButtonElement).addEventListener('click', () => chooser.click());
  chooser.addEventListener('change', () => {
    const [file] = chooser.files ?? [];
    chooser.value = ''; // so that the same file can be chosen again
    if (file !== undefined) attempt(() => take(file));
  });
  const receive = (data: DataTransfer | null, verb: string) =>
    attempt(async () => take(fileOf(data, verb)));
  addEventListener('paste', event => receive(event.clipboardData, 'pasted'));
  const {classList} = document.body;
  addEventListener('dragover', event => {
    event.preventDefault();
    classList.add('dropping');
  });
  addEventListener('dragleave', event => {
    if (event.relatedTarget === null) classList.remove('dropping');
  });
  addEventListener('drop', event => {
    event.preventDefault();
    classList.remove('dropping');
    receive(event.dataTransfer, 'dropped');
  });
}

function fileOf(data: DataTransfer | null, verb: string): File {
  const [file] = data?.files ?? [];
  if (file !== undefined) return file;
  throw new UserError(
    `What was ${verb} has no file in it`,
    'Copy or drag an image itself, not a link to it.',
  );
}
