import {element} from '../../common/dom.js';
import {UserError} from '../../common/user_error.js';
import type {InputFacts} from '../../worker/quantize/inputs.js';
import {type Field, labelled, numberInput} from './fields.js';

/** What to feed to an input whose shape the model does not declare. */
export function shapeField({name}: InputFacts): Field {
  const shape = element('input', {name: `shape-${name}`, type: 'text', placeholder: '1, 1, 1, 1'});
  const value = numberInput(`value-${name}`, {min: -1e9, max: 1e9, step: 0.001, usual: 0});
  const texts = {
    shape: {label: `Shape of ${name}`, help: 'Sizes, such as 1, 64, 64, 3; empty for one number.'},
    value: {label: `Value of ${name}`, help: 'What fills it while the model is looked at.'},
  };
  return {
    element: element(
      'div',
      {class: 'fields wide'},
      labelled(texts.shape, shape),
      labelled(texts.value, value),
    ),
    read: () => {
      const filled = {shape: sizes(name, shape.value), value: value.valueAsNumber || 0};
      return {fills: {[name]: filled}};
    },
  };
}

function sizes(name: string, text: string): number[] {
  const parts = text.split(/[\s,;×x]+/).filter(part => part !== '');
  const values = parts.map(Number);
  if (values.every(size => Number.isInteger(size) && size > 0)) return values;
  throw new UserError(
    `The shape '${text}' of input '${name}' is not a list of sizes`,
    'Write whole numbers from 1, such as 1, 64, 64, 3',
  );
}
