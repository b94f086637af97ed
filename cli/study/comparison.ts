import type {Comparison, LayerComparison} from '../../node/index.js';
import {barPlot} from '../../plots/index.js';
import {formatDecibels, formatTable} from '../terminal.js';

/** How many layers are named as those that lose most. */
const NAMED = 5;

export function comparisonText({layers, outputs, notCompared, samples}: Comparison): string {
  const rows = layers.map(({name, op, sqnr, ownSqnr, cosine, worstChannel}) => [
    name,
    op.replace('Int8', ''),
    formatDecibels(sqnr),
    formatDecibels(ownSqnr),
    cosine.toFixed(4),
    worstChannel ? `${worstChannel.channel}: ${formatDecibels(worstChannel.sqnr)}` : '–',
  ]);
  const head = ['float tensor', 'operation', 'SQNR', 'own SQNR', 'cosine', 'worst channel'];
  const worst = lossiest(layers).map(
    ({name, ownSqnr}) => `  ${name}: ${formatDecibels(ownSqnr)} of its own`,
  );
  return [
    formatTable(head, rows),
    '',
    ...outputs.map(
      ({name, sqnr, cosine}) =>
        `output '${name}': ${formatDecibels(sqnr)}, cosine ${cosine.toFixed(4)}, on ${samples} inputs`,
    ),
    ...(worst.length > 0 ? ['these lose most, errors of the layers before aside:', ...worst] : []),
    ...notCompared.map(({name, reason}) => `not compared: ${name}: ${reason}`),
  ].join('\n');
}

/** The layers with most noise of their own. */
export function lossiest(layers: readonly LayerComparison[]): LayerComparison[] {
  return layers
    .filter(({ownSqnr}) => Number.isFinite(ownSqnr))
    .sort((a, b) => a.ownSqnr - b.ownSqnr)
    .slice(0, NAMED);
}

/** JSON has no infinity: without noise null. */
export function comparisonJson({layers, outputs, ...rest}: Comparison): object {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    ...rest,
    outputs: outputs.map(({sqnr, ...output}) => ({...output, sqnr: finite(sqnr)})),
    layers: layers.map(({sqnr, ownSqnr, worstChannel, ...layer}) => ({
      ...layer,
      sqnr: finite(sqnr),
      ownSqnr: finite(ownSqnr),
      worstChannel: worstChannel
        ? {channel: worstChannel.channel, sqnr: finite(worstChannel.sqnr)}
        : null,
    })),
    lossiest: lossiest(layers).map(({name}) => name),
  };
}

export function comparisonPlot(
  model: string,
  {layers, samples}: Comparison,
  document: Document,
): SVGSVGElement {
  const shown = (value: number) => (Number.isFinite(value) ? value : undefined);
  return barPlot(
    {
      title: `${model}: signal to noise by layer`,
      subtitle: `int8 against float on ${samples} inputs; more is better, 6 dB are one bit`,
      valueLabel: 'SQNR (dB)',
      series: ['with the errors of all layers before', 'of the layer alone'],
      bars: layers.map(({name, sqnr, ownSqnr}) => ({
        label: name,
        values: [shown(sqnr), shown(ownSqnr)],
      })),
      format: value => value.toFixed(1),
    },
    {document},
  );
}
