import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {initWasm, Resvg} from '@resvg/resvg-wasm';

/** Pixels of the picture for each of the drawing. */
const ZOOM = 2;

const FONT = 'Roboto';

/** They come with us: a machine may have none. */
const FONT_FILES = [400, 700].map(
  weight => `@fontsource/roboto/files/roboto-latin-${weight}-normal.woff2`,
);

const resolveFile = (file: string) => createRequire(import.meta.url).resolve(file);

let started: Promise<void> | undefined;

/** A PNG file of an SVG text, on white, at twice its size. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  started ??= readFile(resolveFile('@resvg/resvg-wasm/index_bg.wasm')).then(initWasm);
  await started;
  const fontBuffers = await Promise.all(FONT_FILES.map(file => readFile(resolveFile(file))));
  const renderer = new Resvg(svg, {
    background: 'white',
    fitTo: {mode: 'zoom', value: ZOOM},
    font: {fontBuffers, defaultFontFamily: FONT, sansSerifFamily: FONT},
  });
  try {
    const image = renderer.render();
    const png = image.asPng();
    image.free();
    return png;
  } finally {
    renderer.free();
  }
}
