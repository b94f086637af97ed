import {writeFile} from 'node:fs/promises';
import {plotContents} from '../cli/plot_file.js';
import {barPlot} from '../plots/index.js';
import type {Result} from './results.js';

/** Medians of every peer over ours, model by model, on one thread where that was measured. */
export async function writePlot(
  file: string,
  results: readonly Result[],
  host: string,
): Promise<void> {
  const fewest = Math.min(...results.map(({threads}) => threads));
  const shown = results.filter(({threads, error}) => threads === fewest && error === undefined);
  const contents = await plotContents(file, document =>
    barPlot(
      {
        title: 'Time of an inference, over that of tfjs-dfq int8',
        subtitle: `${host}, ${fewest === 1 ? 'one thread' : `${fewest} threads`}; medians of one run, peers in turn`,
        valueLabel: 'times as long as ours',
        series: ['median'],
        bars: shown
          .filter(({ratio, peer}) => ratio !== 1 && !peer.includes('-cpu'))
          .map(({model, peer, ratio}) => ({label: `${model}, ${peer}`, values: [ratio]})),
        rules: [{name: 'tfjs-dfq int8', value: 1}],
        format: value => `${value.toFixed(1)}×`,
      },
      {document},
    ),
  );
  await writeFile(file, contents);
}
