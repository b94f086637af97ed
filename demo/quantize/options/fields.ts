import {element} from '../../common/dom.js';
import type {PageOptions} from '../../worker/quantize/quantization.js';

/** What a field says of itself. */
export interface FieldText {
  readonly label: string;
  /** One line below the control. */
  readonly help: string;
}

/** A control of the form, with its label and help. */
export interface Field {
  readonly element: HTMLElement;
  /**
   * What it adds to the options: nothing while it holds the default.
   *
   * @throws UserError for a value that can't be read
   */
  read(): PageOptions | Promise<PageOptions>;
}

/** A label, what it labels, and the help below. */
export function labelled(
  {label, help}: FieldText,
  control: HTMLElement,
  ...more: HTMLElement[]
): HTMLElement {
  control.id = `option-${control.getAttribute('name') ?? ''}`;
  const helpId = `${control.id}-help`;
  control.setAttribute('aria-describedby', helpId);
  const isTick = control instanceof HTMLInputElement && control.type === 'checkbox';
  const text = element('label', {for: control.id}, label);
  const line = element('p', {id: helpId, class: 'help'}, help);
  return isTick
    ? element('div', {class: 'field tick'}, control, text, line, ...more)
    : element('div', {class: 'field'}, text, control, ...more, line);
}

/** A list of choices, values with their texts; the first is the default. */
export function selectOf(name: string, choices: ReadonlyArray<readonly [string, string]>) {
  return element(
    'select',
    {name},
    ...choices.map(([value, text]) => element('option', {value}, text)),
  );
}

/**
 * One of several values.
 *
 * @param choices text by value; the first is the default
 * @param optionsOf what any other means
 */
export function choice<T extends string>(
  name: string,
  text: FieldText,
  choices: Readonly<Record<T, string>>,
  optionsOf: (value: T) => PageOptions,
): Field {
  const control = selectOf(name, Object.entries<string>(choices));
  return {
    element: labelled(text, control),
    read: () => (control.selectedIndex === 0 ? {} : optionsOf(control.value as T)),
  };
}

/** A tick. */
export function flag(
  name: string,
  text: FieldText,
  isOn: boolean,
  optionsOf: (isOn: boolean) => PageOptions,
): Field {
  const control = element('input', {name, type: 'checkbox', ...(isOn ? {checked: ''} : {})});
  return {
    element: labelled(text, control),
    read: () => (control.checked === isOn ? {} : optionsOf(control.checked)),
  };
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly usual: number;
}

/** A number; left empty, it is the usual one. */
export function numberInput(name: string, {min, max, step, usual}: NumberRange) {
  return element('input', {
    name,
    type: 'number',
    min: String(min),
    max: String(max),
    step: String(step),
    placeholder: String(usual),
    inputmode: 'decimal',
  });
}
