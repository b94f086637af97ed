import {readFile} from 'node:fs/promises';
import papaparse from 'papaparse';

/** An image file, as the label file names it, and the index of its class. */
export interface Label {
  file: string;
  label: number;
}

/**
 * Read a CSV file with a header and the columns `file` and `label`.
 *
 * @throws Error that names the file, and the line where there is one
 */
export async function readLabels(csv: string): Promise<Label[]> {
  const text = await readFile(csv, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `label file '${csv}' does not exist`
        : `cannot read label file '${csv}': ${error.message}`,
    );
  });
  return parseLabels(text, csv);
}

/** @param name for messages */
export function parseLabels(text: string, name: string): Label[] {
  const {data, meta} = papaparse.parse<Record<string, string | undefined>>(text, {
    header: true,
    delimiter: ',',
    skipEmptyLines: true,
    transformHeader: header => header.trim(),
  });
  for (const column of ['file', 'label'])
    if (!meta.fields?.includes(column))
      throw new Error(
        `label file '${name}' has no column '${column}'; its first line must be 'file,label'`,
      );
  if (data.length === 0) throw new Error(`label file '${name}' lists no images`);
  return data.map((row, i) => parseRow(row, `label file '${name}', image ${i + 1}`));
}

function parseRow({file, label}: Record<string, string | undefined>, where: string): Label {
  if (!file) throw new Error(`${where}: no file name`);
  if (!/^\s*\d+\s*$/.test(label ?? ''))
    throw new Error(`${where}: label '${label ?? ''}' of '${file}' is not a class index`);
  return {file, label: Number(label)};
}

/** @throws Error for a label that is none of the model's classes */
export function checkLabels(samples: readonly Label[], classes = 0): void {
  const wrong = samples.find(({label}) => label < 0 || label >= classes);
  if (wrong)
    throw new Error(
      `'${wrong.file}' has class ${wrong.label}, but the model knows 0 to ${classes - 1}; see --label-offset`,
    );
}
