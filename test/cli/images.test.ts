import {
  cropCentre,
  decodeImage,
  type Image,
  normalize,
  readImage,
  resizeShorterSide,
} from '../../cli/images.js';
import {encodePng} from './fixtures.js';

/** 16 × 8 pixels, progressive, colours at half resolution: red and green ramps, blue on the left. */
const JPEG =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAMDAwMDAwQEBAQFBQUFBQcHBgYHBwsICQgJCAsRCwwLCwwLEQ8SDw4PEg8bFRMTFRsfGhkaHyYi' +
  'IiYwLTA+PlQBAwMDAwMDBAQEBAUFBQUFBwcGBgcHCwgJCAkICxELDAsLDAsRDxIPDg8SDxsVExMVGx8aGRofJiIiJjAtMD4+VP/CABEIAAgA' +
  'EAMBIgACEQEDEQH/xAApAAEBAQAAAAAAAAAAAAAAAAAABQYBAQEAAAAAAAAAAAAAAAAAAAUG/9oADAMBAAIQAxAAAADJ2QaR/8QAGRAAAQUA' +
  'AAAAAAAAAAAAAAAAAAUHJDKi/9oACAEBAAE/AEJjaxsiExtY2T//xAAaEQABBQEAAAAAAAAAAAAAAAAGAAgkJlXD/9oACAECAQE/AHdmhBWZ' +
  'GhyX/8QAGREAAQUAAAAAAAAAAAAAAAAABwAGISRT/9oACAEDAQE/AAIQXRFvNf/Z';
/** The RGB of the same file as decoded by mozjpeg. */
const JPEG_RGB =
  'AAXzBAf0Fwb1JQf1NAf2RAj2Vwf2bg28bwEyhAYAmAcAqAcAtgcAxQgA2AYA4QgABh//DiD/IiD/MSH/PyD/TyH/YiD/eCbGeRo8jyACoiAA' +
  'syAAwCAAzyAB4iEC7SICBz3/ED//Iz7/Mj7/QED/UED/ZD//ekXHejk9kEADpT4DtT8CwT8D0T8D5EAD7UAEBV3/D17/Il3/MV7/PV7/TV//' +
  'Y17/eGTFd1g7jV8Bol0Asl0AwF8BzmAB4V8B62ADBIL9DIL+IIL/L4P/PYP/TYP/YIL9donDd3w5jYMAoIIAsYIAvYMAzIMA4IMA6YQAAp/8' +
  'DKH9HqH8LqH+PaH/TaL/YKH9dqjDdpo4jKEAoKEAsKEAvaEAzKIA36EA6KMABr3/Eb7/I77/Mb//P77/T7//Y7//ecTHerg9kL4Do74Bs74A' +
  'wr4D0b8D5L4D7cADEtX/HNf/L9b/Pdf/TNf/XNj/b9f/ht3Uh9BKnNYPsNYNwNcNztYP3dcP8NYP+dgP';

const image = (
  width: number,
  height: number,
  pixel: (x: number, y: number) => number[],
): Image => ({
  width,
  height,
  data: Float32Array.from(
    Array.from({length: width * height}, (_, i) => pixel(i % width, Math.floor(i / width))).flat(),
  ),
});
/** The first channel, as rows. */
const rows = ({width, height, data}: Image) =>
  Array.from({length: height}, (_, y) =>
    Array.from({length: width}, (_, x) => data[(y * width + x) * 3]),
  );

describe('decodeImage', () => {
  it('decodes JPEG to the pixels of libjpeg', () => {
    const {width, height, data} = decodeImage(Buffer.from(JPEG, 'base64'), 'a.jpg');
    expect([width, height]).toEqual([16, 8]);
    expect(Buffer.from(data).toString('base64')).toBe(JPEG_RGB);
  });

  it.each([
    ['grey', {colorType: 0, data: [0, 90, 255, 3]}, [0, 0, 0, 90, 90, 90, 255, 255, 255, 3, 3, 3]],
    [
      'RGB',
      {colorType: 2, data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]},
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ],
    [
      'palette',
      {colorType: 3, palette: [9, 8, 7, 50, 60, 70], data: [1, 0, 0, 1]},
      [50, 60, 70, 9, 8, 7, 9, 8, 7, 50, 60, 70],
    ],
    [
      'grey with alpha',
      {colorType: 4, data: [9, 0, 8, 255, 7, 1, 6, 99]},
      [9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6],
    ],
    [
      'RGB with alpha',
      {colorType: 6, data: [1, 2, 3, 0, 4, 5, 6, 255, 7, 8, 9, 1, 10, 11, 12, 99]},
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ],
    [
      '16 bits',
      {colorType: 0, bitDepth: 16 as const, data: [0, 0x5a00, 0xffff, 0x0300]},
      [0, 0, 0, 90, 90, 90, 255, 255, 255, 3, 3, 3],
    ],
  ])('decodes PNG: %s', (_, png, rgb) => {
    const decoded = decodeImage(encodePng({width: 2, height: 2, ...png}), 'a.png');
    expect([...decoded.data]).toEqual(rgb);
  });

  it('names a file of another format', () => {
    expect(() => decodeImage(Buffer.from('GIF89a'), '/some/cat.gif')).toThrow(
      "'cat.gif' is neither JPEG nor PNG",
    );
    expect(() => decodeImage(new Uint8Array(), 'empty.png')).toThrow(/neither JPEG nor PNG/);
  });

  it('names a damaged file', () => {
    const jpeg = Buffer.from(JPEG, 'base64');
    const png = encodePng({width: 2, height: 2, colorType: 0, data: [1, 2, 3, 4]});
    expect(() => decodeImage(jpeg.subarray(0, 300), 'half.jpg')).toThrow(
      /'half.jpg' is a JPEG file/,
    );
    expect(() => decodeImage(jpeg.subarray(0, 30), 'head.jpg')).toThrow(
      /'head.jpg' is a JPEG file/,
    );
    expect(() => decodeImage(png.subarray(0, 40), 'half.png')).toThrow(/'half.png' is a PNG file/);
    expect([...decodeImage(png, 'whole.png').data.subarray(0, 3)]).toEqual([1, 1, 1]);
  });

  it('names a missing file', async () => {
    await expect(readImage('/nowhere/cat.png')).rejects.toThrow(
      "image '/nowhere/cat.png' does not exist",
    );
  });
});

describe('resizeShorterSide', () => {
  it('leaves an image of that size alone', () => {
    const same = image(5, 3, x => [x, x, x]);
    expect(resizeShorterSide(same, 3)).toBe(same);
  });

  it('keeps the ratio, rounded down', () => {
    const {width, height} = resizeShorterSide(
      image(500, 375, () => [0, 0, 0]),
      256,
    );
    expect([width, height]).toEqual([341, 256]);
    const portrait = resizeShorterSide(
      image(3, 7, () => [0, 0, 0]),
      2,
    );
    expect([portrait.width, portrait.height]).toEqual([2, 4]);
  });

  it('keeps a plain colour', () => {
    for (const size of [2, 3, 7, 20])
      expect(
        new Set(
          resizeShorterSide(
            image(9, 7, () => [77, 77, 77]),
            size,
          ).data,
        ),
      ).toEqual(new Set([77]));
  });

  it('weighs every pixel under a triangle of twice the reduction', () => {
    // 8 → 4: a target pixel is (1 3 3 1)/8 of the source around it, (3 3 1)/7 at the border
    const small = resizeShorterSide(
      image(8, 8, x => [x === 0 || x === 3 ? 224 : 0, 0, 0]),
      4,
    );
    expect(rows(small)).toEqual(Array.from({length: 4}, () => [96, 84, 28, 0]));
    const turned = resizeShorterSide(
      image(8, 8, (_, y) => [y === 0 || y === 3 ? 224 : 0, 0, 0]),
      4,
    );
    expect(rows(turned)).toEqual([96, 84, 28, 0].map(v => [v, v, v, v]));
  });

  it('interpolates between pixel centres when it enlarges', () => {
    const large = resizeShorterSide(
      image(2, 2, x => [x * 100, 0, 0]),
      4,
    );
    expect(rows(large)).toEqual(Array.from({length: 4}, () => [0, 25, 75, 100]));
  });

  it('keeps channels apart', () => {
    const {data} = resizeShorterSide(
      image(6, 6, () => [10, 20, 30]),
      2,
    );
    expect([...data]).toEqual(Array.from({length: 4}, () => [10, 20, 30]).flat());
  });
});

describe('cropCentre', () => {
  it('cuts out the middle, one pixel nearer to the start where the margin is odd', () => {
    const cut = cropCentre(
      image(7, 4, (x, y) => [10 * y + x, 0, 0]),
      4,
      2,
    );
    expect(rows(cut)).toEqual([
      [11, 12, 13, 14],
      [21, 22, 23, 24],
    ]);
  });

  it('refuses to enlarge', () => {
    expect(() =>
      cropCentre(
        image(4, 9, () => [0, 0, 0]),
        5,
        5,
      ),
    ).toThrow(/cannot cut 5×5 out of 4×9 pixels; choose a larger --resize or a smaller --crop/);
  });
});

describe('normalize', () => {
  const pixels = image(2, 1, x => [100 * x, 50, 200]);

  it('takes one mean and std, or one of each channel', () => {
    expect([...normalize([pixels], 3, [50], [50])]).toEqual([-1, 0, 3, 1, 0, 3]);
    expect([...normalize([pixels], 3, [0, 50, 100], [1, 2, 100])]).toEqual([0, 0, 1, 100, 0, 1]);
  });

  it('lays images one after another', () => {
    expect([...normalize([pixels, pixels], 3, [0], [1])].slice(6)).toEqual([
      0, 50, 200, 100, 50, 200,
    ]);
  });

  it('gives the luma to models of one channel', () => {
    const colors = image(
      4,
      1,
      x =>
        [
          [255, 0, 0],
          [0, 255, 0],
          [0, 0, 255],
          [9, 9, 9],
        ][x],
    );
    expect([...normalize([colors], 1, [0], [1])]).toEqual([76, 150, 29, 9]);
  });
});
