import {element} from '../../common/dom.js';
import {type Field, labelled, numberInput} from './fields.js';

/** Which layers stay float. */
export function floatFields(): Field[] {
  return [autoField(), skipField()];
}

function autoField(): Field {
  const tick = element('input', {name: 'keepFloat', type: 'checkbox'});
  const drop = numberInput('maxDrop', {min: 0.001, max: 1, step: 0.001, usual: 0.1});
  const dropField = labelled(
    {
      label: 'Relative error to allow',
      help: 'Of the outputs on generated inputs; 0.1 is 20 dB.',
    },
    drop,
  );
  dropField.hidden = true;
  tick.addEventListener('change', () => {
    dropField.hidden = !tick.checked;
  });
  const text = {
    label: 'Keep the layers float that hurt most',
    help: 'Found by trial: takes many runs of the model.',
  };
  return {
    element: element('div', {}, labelled(text, tick), dropField),
    read: () => {
      if (!tick.checked) return {};
      const maxDrop = drop.value === '' ? {} : {maxDrop: drop.valueAsNumber};
      return {keepFloat: 'auto', ...maxDrop};
    },
  };
}

function skipField(): Field {
  const control = element('textarea', {
    name: 'skip',
    rows: '2',
    spellcheck: 'false',
    autocapitalize: 'off',
  });
  return {
    element: labelled(
      {label: 'Nodes that stay float', help: 'Names as in the list of nodes, one a line.'},
      control,
    ),
    read: () => {
      const skip = control.value.split('\n').flatMap(line => line.trim() || []);
      return skip.length === 0 ? {} : {skip};
    },
  };
}
