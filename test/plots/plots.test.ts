import {DOMParser} from 'linkedom';
import {rasterize} from '../../cli/rasterize.js';
import {plotContents, plotDocument} from '../../cli/plot_file.js';
import {
  barPlot,
  channelRangePlot,
  linePlot,
  type LinePlotData,
  type Quantiles,
  svgFile,
} from '../../plots/index.js';

const accuracy: LinePlotData = {
  title: 'Accuracy & <bits>',
  subtitle: 'of a model',
  xLabel: 'bits',
  yLabel: 'top-1 (%)',
  lines: [
    {name: 'data-free', points: [{x: 4, y: 60}, {x: 5, y: 75}, {x: 8, y: 80}]}, // prettier-ignore
    {
      name: 'plain',
      points: [
        {x: 4, y: 0},
        {x: 8, y: 40},
      ],
    },
  ],
  rules: [{name: 'float', value: 80.5}],
  yDomain: [0, 100],
};

const texts = (svg: SVGSVGElement) =>
  [...svg.querySelectorAll('text')].map(({childNodes}) => childNodes[0]?.textContent ?? '');
const tips = (svg: SVGSVGElement) =>
  [...svg.querySelectorAll('title')].map(({textContent}) => textContent);
const withDocument = () => ({document: plotDocument()});

describe('linePlot', () => {
  it('shows title, labels with units, every tick, names and the rule', () => {
    const shown = texts(linePlot(accuracy, withDocument()));
    const expected = ['Accuracy & <bits>', 'of a model', 'bits', 'top-1 (%)'];
    expect(shown).toEqual(expect.arrayContaining([...expected, 'data-free', 'plain', 'float']));
    expect(shown).toEqual(expect.arrayContaining(['4', '5', '8', '0', '100']));
    expect(shown).not.toContain('6');
  });

  it('has every point of the data, at its place', () => {
    const svg = linePlot(accuracy, withDocument());
    expect(tips(svg)).toEqual([
      'float: 80.5',
      'data-free, bits 4: top-1 (%) 60',
      'data-free, bits 5: top-1 (%) 75',
      'data-free, bits 8: top-1 (%) 80',
      'plain, bits 4: top-1 (%) 0',
      'plain, bits 8: top-1 (%) 40',
    ]);
    const [a, b, c] = [...svg.querySelectorAll('circle')].map(dot =>
      Number(dot.getAttribute('cy')),
    );
    expect(a - b).toBeCloseTo(3 * (b - c), 1); // 60, 75, 80 on a linear axis
  });

  it('takes the colour of the text around it, and has a width that fits', () => {
    const svg = linePlot(accuracy, {...withDocument(), width: 480});
    expect(svg.getAttribute('fill')).toBe('currentColor');
    expect(svg.getAttribute('viewBox')).toMatch(/^0 0 480 \d+$/);
    expect(svgFile(svg)).toContain('aria-label="Accuracy &amp; &lt;bits&gt;"');
  });

  it('needs a document', () => {
    expect(() => linePlot(accuracy)).toThrow('pass option document');
  });
});

describe('barPlot', () => {
  const data = {
    title: 'What each pass is worth',
    valueLabel: 'images (%)',
    series: ['top-1', 'agreement'],
    bars: [
      {label: 'float', values: [80, 100]},
      {label: 'float', values: [40, undefined]},
      {label: `model/${'block/'.repeat(9)}conv`, values: [20, 25]},
    ],
    rules: [{name: 'float', value: 80}],
    domain: [0, 100] as const,
  };

  it('keeps rows of the same name apart, cuts long names on the left, writes values', () => {
    const svg = barPlot(data, withDocument());
    const shown = texts(svg);
    expect(shown.filter(text => text === 'float')).toHaveLength(2);
    expect(shown).toContain('…lock/block/block/block/block/block/conv');
    expect(shown).toEqual(expect.arrayContaining(['80.00', '40.00', '20.00', 'images (%)']));
    expect(tips(svg)).toContain('float: agreement 100.00');
    expect(tips(svg).filter(tip => /agreement/.test(tip ?? ''))).toHaveLength(2);
  });

  it('has bars of lengths in proportion', () => {
    const widths = [...barPlot(data, withDocument()).querySelectorAll('rect')].map(rect =>
      Number(rect.getAttribute('width')),
    );
    expect(widths).toHaveLength(3);
    expect(widths[0] / widths[1]).toBeCloseTo(2, 2);
    expect(widths[1] / widths[2]).toBeCloseTo(2, 2);
  });

  it('takes no rows', () => {
    expect(texts(barPlot({...data, bars: []}, withDocument()))).toContain(data.title);
  });
});

describe('channelRangePlot', () => {
  it('relates each panel to its largest weight', () => {
    const before: Quantiles[] = [
      [-2, 0, 0, 0.5, 1],
      [0.25, 0.3, 0.4, 0.45, 0.5],
    ];
    const after = before.map((): Quantiles => [-0.5, 0, 0, 0, 0.5]);
    const panels = [
      {name: 'before', channels: before},
      {name: 'after', channels: after},
    ];
    const svg = channelRangePlot({title: 'Ranges', panels, numbers: [7, 3]}, withDocument());
    expect(texts(svg)).toEqual(
      expect.arrayContaining(['before: largest |weight| 2.00', 'after: largest |weight| 0.500']),
    );
    const tip = 'channel 3: -0.500 … 0.500';
    expect(tips(svg)).toEqual([
      'channel 7: -2.00 … 1.00',
      'channel 3: 0.250 … 0.500',
      tip.replace('3', '7'),
      tip,
    ]);
  });
});

describe('a plot as a file', () => {
  const draw = (document: Document) => linePlot(accuracy, {document});

  it('is XML that stands alone, and the same every time', async () => {
    const svg = await plotContents('plot.svg', draw);
    expect(svg).toBe(await plotContents('plot.SVG', draw));
    const {documentElement} = new DOMParser().parseFromString(String(svg), 'image/svg+xml');
    expect(documentElement.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    expect(documentElement.getAttribute('style')).toContain('background: #ffffff');
    expect(svg).toContain('Accuracy &amp; &lt;bits&gt;');
    expect(svg).not.toMatch(/ (x|y|x1|y1|transform|d)="[^"]*\.\d{3}/);
  });

  it('leaves the plot as it is', () => {
    const plot = draw(plotDocument());
    const before = plot.outerHTML;
    svgFile(plot);
    expect(plot.outerHTML).toBe(before);
  });

  it('is a PNG of twice the size', async () => {
    const png = Buffer.from(await plotContents('plot.png', draw));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1280);
  });

  it('has text in the PNG, whatever fonts the machine has', async () => {
    const svg = (content: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20" font-family="system-ui, sans-serif">${content}</svg>`;
    const [empty, light, bold] = await Promise.all(
      [
        svg(''),
        svg('<text y="15">top-1 (%)</text>'),
        svg('<text y="15" font-weight="bold">top-1 (%)</text>'),
      ].map(rasterize),
    );
    expect(light.length).toBeGreaterThan(2 * empty.length);
    expect(Buffer.from(bold).equals(Buffer.from(light))).toBe(false);
  });
});
