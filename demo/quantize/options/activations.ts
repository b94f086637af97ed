import {element} from '../../common/dom.js';
import {UserError} from '../../common/user_error.js';
import type {PageOptions} from '../../worker/quantize/quantization.js';
import {choice, type Field, labelled, numberInput} from './fields.js';

/** Where statistics come from, and what ranges follow. */
export function activationFields(): Field[] {
  return [
    choice(
      'statistics',
      {
        label: 'Statistics of activations',
        help: 'Automatic takes the best source that there is, tensor by tensor.',
      },
      {
        auto: 'Automatic',
        calibration: 'Images of yours alone',
        'batch-norm': 'Batch norms alone',
        sidecar: 'A sidecar alone',
        probe: 'Generated inputs alone',
      },
      statistics => ({statistics}),
    ),
    choice(
      'activationRange',
      {label: 'Range of activations', help: 'How it follows from the values that were seen.'},
      {
        auto: 'Automatic',
        'min-max': 'All values',
        percentile: 'A percentile',
        mse: 'Least squared error',
        entropy: 'Least lost entropy',
      },
      activationRange => ({activationRange}),
    ),
    percentileField(),
    sidecarField(),
  ];
}

function percentileField(): Field {
  const control = numberInput('percentile', {min: 50, max: 100, step: 0.001, usual: 99.99});
  return {
    element: labelled({label: 'Percentile', help: 'For ranges by percentile.'}, control),
    read: () => (control.value === '' ? {} : {percentile: control.valueAsNumber}),
  };
}

function sidecarField(): Field {
  const control = element('input', {name: 'sidecar', type: 'file', accept: '.json'});
  return {
    element: labelled(
      {
        label: 'Sidecar',
        help: 'JSON of the batch norms that the converter folded away (scripts/sidecar).',
      },
      control,
    ),
    read: async () => {
      const [file] = control.files ?? [];
      return file === undefined ? {} : {sidecar: await readSidecar(file)};
    },
  };
}

/** What it says is for the library to check. */
async function readSidecar(file: File): Promise<PageOptions['sidecar']> {
  try {
    return JSON.parse(await file.text()) as PageOptions['sidecar'];
  } catch {
    throw new UserError(
      `The sidecar '${file.name}' is not JSON`,
      'Give what scripts/sidecar.ts or dfq.sidecar() made.',
    );
  }
}
