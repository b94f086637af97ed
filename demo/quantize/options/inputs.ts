import {element} from '../../common/dom.js';
import {UserError} from '../../common/user_error.js';
import type {InputDescription, InputKind} from '../../../src/index.js';
import type {InputFacts} from '../../worker/quantize/inputs.js';
import type {PageOptions} from '../../worker/quantize/quantization.js';
import {type Field, labelled, numberInput, selectOf} from './fields.js';

type Scaling = NonNullable<PageOptions['input']>;

const SCALINGS: Readonly<Record<string, {text: string; scaling?: Scaling}>> = {
  auto: {text: 'As the model shows, else −1 … 1'},
  signed: {text: '−1 … 1', scaling: {mean: 127.5, std: 127.5}},
  unit: {text: '0 … 1', scaling: {mean: 0, std: 255}},
  bytes: {text: '0 … 255', scaling: {mean: 0, std: 1}},
  imagenet: {
    text: 'ImageNet’s mean and deviation',
    scaling: {mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375]},
  },
  custom: {text: 'Mean and deviation of yours'},
};

/** How pixels of 0–255 enter the model. */
export function scalingField(): Field {
  const control = selectOf(
    'input',
    Object.entries(SCALINGS).map(([key, {text}]) => [key, text]),
  );
  const mean = channelInput('mean', '123.675, 116.28, 103.53');
  const std = channelInput('std', '58.395, 57.12, 57.375');
  const own = element(
    'div',
    {class: 'fields'},
    labelled({label: 'Mean', help: 'One number, or one for each channel.'}, mean),
    labelled({label: 'Deviation', help: 'What pixels are divided by.'}, std),
  );
  own.hidden = true;
  control.addEventListener('change', () => {
    own.hidden = control.value !== 'custom';
  });
  const text = {
    label: 'Pixels enter as',
    help: 'How the app that uses the model prepares its images.',
  };
  return {
    element: element('div', {class: 'wide'}, labelled(text, control), own),
    read: () => {
      if (control.value !== 'custom') {
        const {scaling} = SCALINGS[control.value];
        return scaling === undefined ? {} : {input: scaling};
      }
      return {input: {mean: channels('mean', mean.value), std: channels('deviation', std.value)}};
    },
  };
}

function channelInput(name: string, placeholder: string) {
  return element('input', {name, type: 'text', placeholder, inputmode: 'decimal'});
}

function channels(name: string, text: string): number | number[] {
  const parts = text.split(/[\s,;]+/).filter(part => part !== '');
  const values = parts.map(Number);
  if (values.length > 0 && values.every(Number.isFinite)) {
    return values.length === 1 ? values[0] : values;
  }
  throw new UserError(
    `The ${name} '${text}' is not a number, nor one for each channel`,
    'Write 127.5, or 123.675, 116.28, 103.53',
  );
}

const KINDS: Readonly<Record<InputKind, string>> = {
  image: 'an image',
  waveform: 'a waveform',
  spectrogram: 'a spectrogram',
  tokens: 'tokens',
  'one-hot': 'one-hot codes',
  uniform: 'any numbers',
  zeros: 'nothing',
};

/** What one input holds. */
export function inputField({name, kind}: InputFacts): Field {
  const control = selectOf(`kind-${name}`, [
    ['auto', `As guessed: ${KINDS[kind]}`],
    ...Object.entries(KINDS),
  ]);
  const range = {min: -1e9, max: 1e9, step: 0.001, usual: 0};
  const low = numberInput(`low-${name}`, range);
  const high = numberInput(`high-${name}`, {...range, usual: 1});
  const ends = element(
    'div',
    {class: 'fields'},
    labelled(
      {label: 'Smallest value', help: 'Leave both ends empty where they do not matter.'},
      low,
    ),
    labelled({label: 'Largest value', help: 'Of pixels 255, of full swing, of token ids.'}, high),
  );
  ends.hidden = true;
  control.addEventListener('change', () => {
    ends.hidden = control.selectedIndex === 0;
  });
  const text = {
    label: `Input ${name} holds`,
    help: 'What is generated for it where no data are given.',
  };
  return {
    element: element('div', {class: 'wide'}, labelled(text, control), ends),
    read: () => {
      if (control.selectedIndex === 0) return {};
      const description: InputDescription = {
        kind: control.value as InputKind,
        ...rangeOf(name, low, high),
      };
      return {inputs: {[name]: description}};
    },
  };
}

function rangeOf(name: string, low: HTMLInputElement, high: HTMLInputElement) {
  if (low.value === '' && high.value === '') return {};
  if (low.value !== '' && high.value !== '') {
    return {range: [low.valueAsNumber, high.valueAsNumber] as const};
  }
  throw new UserError(
    `Of the range of input '${name}' one end is missing`,
    'Give both the smallest and the largest value, or none.',
  );
}
