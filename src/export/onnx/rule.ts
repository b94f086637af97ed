import type {Node} from '../../graph/graph.js';
import type {OnnxExporter} from './exporter.js';

/** Adds what computes a node, and sets its results. */
export type Rule = (node: Node, exporter: OnnxExporter) => void;

export type Rules = Readonly<Record<string, Rule>>;
