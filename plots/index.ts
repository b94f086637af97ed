/**
 * tfjs-dfq/plots: the plots of `dfq sweep`, `dfq ablate`, `dfq compare` and of reports, as pure functions
 * from data to SVG. They need a document: a page's own, or in Node one of linkedom or jsdom.
 *
 *     import {linePlot, svgFile} from 'tfjs-dfq/plots';
 *
 *     page.append(linePlot(data));                    // inherits the page's text colour
 *     const file = svgFile(linePlot(data));           // stands alone, dark on white
 */
export {barPlot, type Bar, type BarPlotData} from './bar_plot.js';
export {channelRangePlot, type ChannelRangePlotData, type Quantiles} from './channel_range_plot.js';
export type {FigureOptions, Rule} from './figure.js';
export {layerRangePlot, type LayerRangePlotData} from './layer_range_plot.js';
export {type Line, linePlot, type LinePlotData} from './line_plot.js';
export {reportPage, type ReportPageOptions} from './report_page.js';
export {type ReportSection, reportSections} from './report_page/sections.js';
export {svgFile} from './svg_file.js';
