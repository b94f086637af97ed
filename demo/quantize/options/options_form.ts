import {element} from '../../common/dom.js';
import type {InputFacts} from '../../worker/quantize/inputs.js';
import type {PageOptions} from '../../worker/quantize/quantization.js';
import {activationFields} from './activations.js';
import type {Field} from './fields.js';
import {floatFields} from './float_layers.js';
import {inputField, scalingField} from './inputs.js';
import {passFields} from './passes.js';
import {gridFields, precisionFields} from './precision.js';
import {shapeField} from './shapes.js';
import {weightFields} from './weights.js';

/** The options of `dfq quantize` as a form: what most models need in sight, the rest folded away. */
export class OptionsForm {
  private readonly fields: Field[] = [];

  /** @param place is filled, in place of what was there */
  constructor(place: HTMLElement, inputs: readonly InputFacts[]) {
    const isPicture = inputs.some(({picture}) => picture !== undefined);
    const group = (title: string, fields: readonly Field[]) => this.group(title, fields);
    const advanced = element(
      'details',
      {class: 'advanced'},
      element('summary', {}, 'More options'),
      group('Grids', gridFields()),
      group('Weights and biases', weightFields()),
      group('Activations', activationFields()),
      group('Layers that stay float', floatFields()),
      group('Inputs', inputs.map(inputField)),
      group('Passes', passFields()),
    );
    const shapeless = inputs.filter(({shape}) => shape === undefined);
    place.replaceChildren(
      group('Inputs whose shape the model does not declare', shapeless.map(shapeField)),
      group('Precision', [...precisionFields(), ...(isPicture ? [scalingField()] : [])]),
      advanced,
    );
  }

  /** @throws UserError for a value that can't be read */
  async read(): Promise<PageOptions> {
    const options: PageOptions[] = [];
    for (const field of this.fields) options.push(await field.read());
    return {
      ...Object.assign({}, ...options),
      passes: merged(options.map(({passes}) => passes)),
      inputs: merged(options.map(({inputs}) => inputs)),
      fills: merged(options.map(({fills}) => fills)),
    } as PageOptions;
  }

  private group(title: string, fields: readonly Field[]): HTMLElement {
    this.fields.push(...fields);
    const own = fields.map(field => field.element);
    const made = element(
      'fieldset',
      {},
      element('legend', {}, title),
      element('div', {class: 'fields'}, ...own),
    );
    made.hidden = own.length === 0;
    return made;
  }
}

function merged<T extends object>(parts: ReadonlyArray<T | undefined>): T | undefined {
  const given = parts.filter(part => part !== undefined);
  return given.length === 0 ? undefined : (Object.assign({}, ...given) as T);
}
