/**
 * GraphDef attributes as they stand in model.json. Only what a pass asks for is interpreted; all else
 * passes through untouched.
 */
export interface AttrValue {
  readonly i?: number | string;
  readonly f?: number | string;
  readonly b?: boolean;
  /** Base64 of the bytes, as protobuf's JSON form has it; some writers store the bytes themselves. */
  readonly s?: string | readonly number[];
  readonly type?: string | number;
  readonly shape?: unknown;
  readonly tensor?: unknown;
  readonly list?: {
    readonly i?: ReadonlyArray<number | string>;
    readonly f?: ReadonlyArray<number | string>;
    readonly s?: ReadonlyArray<string | readonly number[]>;
    readonly b?: readonly boolean[];
    readonly [other: string]: unknown;
  };
  readonly [other: string]: unknown;
}

export type Attributes = Readonly<Record<string, AttrValue>>;

/** A plain value, for {@link attributesOf}. Whole numbers become `i`; wrap scales in {@link float}. */
export type AttrLiteral = number | boolean | string | readonly number[] | readonly string[] | Float;

class Float {
  constructor(readonly value: number) {}
}

/** Marks a number as `f`, also when it is whole. */
export function float(value: number): Float {
  return new Float(value);
}

/** The attribute as a number; `fallback` where it is absent. */
export function numberAttr(attrs: Attributes, name: string, fallback: number): number {
  const value = attrs[name];
  return Number(value?.i ?? value?.f ?? fallback);
}

export function booleanAttr(attrs: Attributes, name: string, fallback: boolean): boolean {
  return attrs[name]?.b ?? fallback;
}

export function stringAttr(attrs: Attributes, name: string, fallback: string): string {
  const value = attrs[name]?.s;
  return value === undefined ? fallback : decodeText(value);
}

export function numbersAttr(
  attrs: Attributes,
  name: string,
  fallback: readonly number[],
): readonly number[] {
  const list = attrs[name]?.list;
  const values = list?.i ?? list?.f;
  return values === undefined ? fallback : values.map(Number);
}

export function stringsAttr(attrs: Attributes, name: string): readonly string[] {
  return (attrs[name]?.list?.s ?? []).map(decodeText);
}

/** Attributes from plain values. */
export function attributesOf(literals: Readonly<Record<string, AttrLiteral>>): Attributes {
  return Object.fromEntries(Object.entries(literals).map(([name, v]) => [name, attrValue(v)]));
}

/** Plain values from attributes, for printing; what has no plain form (types, shapes, tensors) is left out. */
export function literalsOf(attrs: Attributes): Record<string, AttrLiteral> {
  const literals: Record<string, AttrLiteral> = {};
  for (const [name, value] of Object.entries(attrs)) {
    const plain = literal(attrs, name, value);
    if (plain !== undefined) literals[name] = plain;
  }
  return literals;
}

function literal(attrs: Attributes, name: string, value: AttrValue): AttrLiteral | undefined {
  if (value.i !== undefined) return Number(value.i);
  if (value.f !== undefined) return float(Number(value.f));
  if (value.b !== undefined) return value.b;
  if (value.s !== undefined) return stringAttr(attrs, name, '');
  if (value.list?.s !== undefined) return stringsAttr(attrs, name);
  if (value.list !== undefined) return numbersAttr(attrs, name, []);
  return undefined;
}

function attrValue(value: AttrLiteral): AttrValue {
  if (value instanceof Float) return {f: value.value};
  if (typeof value === 'number') return Number.isInteger(value) ? {i: value} : {f: value};
  if (typeof value === 'boolean') return {b: value};
  if (typeof value === 'string') return {s: encodeText(value)};
  const [first] = value;
  if (typeof first === 'string') return {list: {s: value.map(text => encodeText(String(text)))}};
  const numbers = value.map(Number);
  return {list: numbers.every(Number.isInteger) ? {i: numbers} : {f: numbers}};
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of ASCII text. TextEncoder and btoa are not part of the language, and op names need neither. */
function encodeText(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const bytes = [0, 1, 2].map(k => text.charCodeAt(i + k) || 0);
    const word = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
    const present = Math.min(3, text.length - i);
    for (let k = 0; k < 4; k++) out += k <= present ? BASE64[(word >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

function decodeText(value: string | readonly number[]): string {
  if (typeof value !== 'string') return String.fromCharCode(...value);
  let out = '';
  let word = 0;
  let bits = 0;
  for (const char of value.replace(/=+$/, '')) {
    word = ((word << 6) | BASE64.indexOf(char)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((word >> bits) & 0xff);
    }
  }
  return out;
}
