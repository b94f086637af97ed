import type {LayerScope} from './graph_builder.js';
import type {Config} from './keras_config.js';

/** Reads the settings of one layer, checked. */
export class Settings {
  constructor(
    private readonly scope: LayerScope,
    readonly config: Config,
  ) {}

  number(key: string, fallback?: number): number {
    const value = this.config[key] ?? fallback;
    if (typeof value !== 'number') this.scope.fail(`has no number as its ${key}`);
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    return Boolean(this.config[key] ?? fallback);
  }

  /** Without underscores and case: tfjs and Keras spell enumerations in both ways. */
  keyword(key: string, fallback: string): string {
    const value = this.config[key] ?? fallback;
    const name = typeof value === 'object' ? (value as Config)['class_name'] : value;
    if (typeof name !== 'string') this.scope.fail(`has no keyword as its ${key}`);
    return name.replace(/_/g, '').toLowerCase();
  }

  /** Numbers, one of which stands for all. */
  numbers(key: string, count: number, fallback?: number | readonly number[]): number[] {
    const value = this.config[key] ?? fallback;
    const list = Array.isArray(value) ? value.map(Number) : Array(count).fill(Number(value));
    if (list.length === 1) return Array<number>(count).fill(list[0] as number);
    if (list.length !== count || list.some(Number.isNaN)) {
      this.scope.fail(`has [${list.join(', ')}] as its ${key}, not ${count} numbers`);
    }
    return list as number[];
  }

  /** Axes, one or several. */
  axes(key: string, fallback: number): number[] {
    const value = this.config[key] ?? fallback;
    return Array.isArray(value) ? value.map(Number) : [Number(value)];
  }

  /** @throws DfqError where the setting has another value than the one that TensorFlow.js runs */
  requireValue(key: string, allowed: unknown): void {
    const value = this.config[key] ?? allowed;
    if (value === allowed) return;
    this.scope.fail(`has ${key} ${JSON.stringify(value)}, which TensorFlow.js does not run`);
  }

  /** Does the layer keep channels before height and width? */
  get channelsFirst(): boolean {
    return this.keyword('data_format', 'channels_last') === 'channelsfirst';
  }
}
