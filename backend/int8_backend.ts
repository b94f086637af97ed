import {
  engine,
  KernelBackend,
  util,
  type BackendTimingInfo,
  type BackendValues,
  type DataId,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {moveComplex} from './complex_move.js';
import {DerivedValues} from './derived_values.js';
import type {InnerBackend, InnerBackends} from './inner_backend.js';
import {Int8Store, type Restore} from './int8_store.js';
import type {Block, Microkernels} from './microkernels.js';
import type {StatisticsLoops, FloatViewer} from '../src/ops.js';

/**
 * The tfjs backend `int8`: a float backend (the process's one WASM backend, and the JavaScript CPU
 * backend for what that lacks) plus a store of int8 tensors, which kernels of ours make and read.
 *
 * It owns the int8 store and what is derived from constants; the float tensors lie in the inner
 * backends under the same data ids. Every method looks in the int8 store first. To tfjs, which knows
 * no int8, an int8 tensor has dtype `int32`: it widens when it is read, or moved to another backend.
 */
export class Int8Backend extends KernelBackend implements FloatViewer {
  private readonly store: Int8Store;
  private readonly derivedValues = new DerivedValues();

  /**
   * @param microkernels the int8 arithmetic and the memory of int8 tensors; this backend frees its blocks and ends its threads
   * @param inner the float backends
   * @param onDispose tells the inner backends' owner that they are not needed here any more
   */
  constructor(
    readonly microkernels: Microkernels,
    readonly inner: InnerBackends,
    private readonly onDispose: () => void = () => undefined,
  ) {
    super();
    this.store = new Int8Store(microkernels.memory);
  }

  /** Whether a tensor lies in the int8 store. */
  holdsInt8(x: TensorInfo): boolean {
    return this.store.has(x.dataId) && !this.store.isUndecided(x.dataId);
  }

  /**
   * The int8 bytes of a tensor. An int32 tensor that another backend holds (a constant, or the
   * result of a float kernel) is moved into the int8 store at the first call.
   *
   * @throws Error if it holds anything but integers of [−128, 127]
   */
  block(x: TensorInfo): Block {
    const block = this.store.block(x.dataId);
    if (block !== undefined) return block;
    this.narrow(x);
    return this.block(x);
  }

  /** A copy of the values of a tensor that {@link block} would take, which leaves it without a block if it has none. */
  int8Values(x: TensorInfo): Int8Array {
    if (!this.store.has(x.dataId)) this.narrow(x);
    return this.store.values(x.dataId).slice();
  }

  /**
   * Lets go of the bytes of an int8 constant, because something derived from it has them, too.
   *
   * @param restore makes them from that when they are needed again: the tensor is read, moves, or gets a block
   */
  replaceBytes(x: TensorInfo, restore: Restore): void {
    this.store.replace(x.dataId, restore);
  }

  /** A new int8 tensor. Allocate before taking views of other blocks: memory may move. */
  output(shape: number[]): {info: TensorInfo; block: Block} {
    const dataId = {};
    const block = this.store.create(dataId, util.sizeFromShape(shape));
    return {info: {dataId, shape, dtype: 'int32'}, block};
  }

  /** The same values under another shape, as of tf.reshape. */
  alias(x: TensorInfo, shape: number[]): TensorInfo {
    this.incRef(x.dataId);
    return {dataId: x.dataId, shape, dtype: x.dtype};
  }

  /**
   * A value derived from constants, built at first use and freed with the tensor `owner`.
   *
   * @param key tells the values of one owner apart
   */
  derived<T>(owner: TensorInfo, key: string, build: () => T, free?: (value: T) => void): T {
    this.claim(owner.dataId);
    return this.derivedValues.get(owner.dataId, key, build, free);
  }

  /** The values of a numeric tensor as stored; int8 widened. */
  values(x: TensorInfo): Float32Array | Int32Array | Uint8Array {
    if (this.holder(x.dataId) === undefined) this.claim(x.dataId);
    const values = this.readSync(x.dataId);
    if (util.isTypedArray(values) && !(values instanceof Uint8ClampedArray)) return values;
    throw new Error(`int8 backend: a tensor of dtype ${x.dtype} has no numbers`);
  }

  /** Changes whenever derived values have been freed: what holds one must then get it anew. */
  get releases(): number {
    return this.derivedValues.releases;
  }

  get statisticsLoops(): StatisticsLoops | undefined {
    return this.microkernels.floats;
  }

  /** The values of a tensor as float32, a view of where they lie if it can be had: valid until the next allocation. */
  floats(x: TensorInfo): Float32Array {
    const inPlace = x.dtype === 'float32' ? this.holder(x.dataId)?.floats(x) : undefined;
    if (inPlace !== undefined) return inPlace;
    const values = this.values(x);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }

  /** A new float32 tensor, and a view of where its values are to be written: valid until the next allocation. */
  floatOutput(shape: number[]): {info: TensorInfo; values: Float32Array} {
    return (this.inner.wasm ?? this.inner.cpu).newFloats(shape);
  }

  /**
   * What a float kernel that runs on `inner` gets for a tensor: the tensor itself if it lies there,
   * else a copy, which the caller disposes of. A tensor of a foreign backend moves here first.
   *
   * @param asStored copy it also if the storage knows it under another shape
   */
  lend(
    x: TensorInfo,
    inner: InnerBackend,
    asStored = false,
  ): {readonly info: TensorInfo; readonly copied: boolean} {
    if (!this.holds(x.dataId)) engine().moveData(this, x.dataId);
    if (this.store.isUndecided(x.dataId)) this.widen(x);
    if (inner.has(x.dataId) && !(asStored && isReshaped(x, inner))) return {info: x, copied: false};
    const dataId = {};
    inner.backend.move(dataId, this.readSync(x.dataId), x.shape, x.dtype, 1);
    return {info: {dataId, shape: x.shape, dtype: x.dtype}, copied: true};
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    if (this.keepsNarrow(dataId, values, dtype, 1)) return dataId;
    return this.home(dtype).backend.write(values, shape, dtype);
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (this.keepsNarrow(dataId, values, dtype, refCount)) return;
    if (dtype === 'complex64') moveComplex(this.inner.cpu.backend, dataId, values, shape, refCount);
    else this.home(dtype).backend.move(dataId, values, shape, dtype, refCount);
  }

  override readSync(dataId: DataId): BackendValues {
    if (this.store.has(dataId)) return this.store.read(dataId);
    const holder = this.holder(dataId);
    if (holder === undefined) throw new Error('int8 backend: the tensor is disposed');
    return holder.backend.readSync(dataId);
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const gone = this.store.has(dataId)
      ? this.store.release(dataId, force)
      : (this.holder(dataId)?.backend.disposeData(dataId, force) ?? true);
    if (gone) this.derivedValues.release(dataId);
    return gone;
  }

  override refCount(dataId: DataId): number {
    if (this.store.has(dataId)) return this.store.refCount(dataId);
    return this.holder(dataId)?.backend.refCount(dataId) ?? 0;
  }

  override incRef(dataId: DataId): void {
    if (!this.holds(dataId)) engine().moveData(this, dataId);
    if (this.store.has(dataId)) this.store.incRef(dataId);
    else this.holder(dataId)?.backend.incRef(dataId);
  }

  override numDataIds(): number {
    const {wasm, cpu} = this.inner;
    return this.store.size + (wasm?.backend.numDataIds() ?? 0) + cpu.backend.numDataIds();
  }

  override async time(f: () => void): Promise<BackendTimingInfo> {
    const start = util.now();
    f();
    return {kernelMs: util.now() - start};
  }

  override memory(): {unreliable: boolean; reasons?: string[]} {
    return (this.inner.wasm ?? this.inner.cpu).backend.memory();
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override dispose(): void {
    this.derivedValues.clear();
    this.store.clear();
    this.microkernels.threads?.end();
    this.onDispose();
  }

  /** Where new values of a dtype go. WASM keeps strings only for JavaScript, and has no complex numbers. */
  private home(dtype: DataType): InnerBackend {
    const numeric = dtype !== 'string' && dtype !== 'complex64';
    return numeric ? (this.inner.wasm ?? this.inner.cpu) : this.inner.cpu;
  }

  /** The inner backend that a tensor lies in. */
  private holder(dataId: DataId): InnerBackend | undefined {
    const {wasm, cpu} = this.inner;
    if (wasm?.has(dataId)) return wasm;
    return cpu.has(dataId) ? cpu : undefined;
  }

  private holds(dataId: DataId): boolean {
    return this.store.has(dataId) || this.holder(dataId) !== undefined;
  }

  /**
   * Makes this backend the one that the engine asks to dispose of a tensor. One made under `wasm`
   * lies in the inner backend all the same, but would be disposed of behind our back.
   */
  private claim(dataId: DataId): void {
    const owner = engine().state.tensorInfo.get(dataId)?.backend;
    if (owner !== undefined && owner !== this) engine().moveData(this, dataId);
  }

  /**
   * Takes large constants that fit into int8 to the int8 store, until somebody needs them as int32: most are filters, and
   * the WASM memory of the inner backend never shrinks again.
   */
  private keepsNarrow(
    dataId: DataId,
    values: BackendValues,
    dtype: DataType,
    refCount: number,
  ): boolean {
    if (dtype !== 'int32' || !(values instanceof Int32Array)) return false;
    if (values.length < LARGE || indexOutsideInt8(values) >= 0) return false;
    this.store.add(dataId, new Int8Array(values), refCount);
    return true;
  }

  /** The other way: to where int32 tensors lie. */
  private widen({dataId, shape, dtype}: TensorInfo): void {
    const values = this.store.read(dataId);
    const refCount = this.store.refCount(dataId);
    this.store.release(dataId, true);
    this.home(dtype).backend.move(dataId, values, shape, dtype, refCount);
  }

  private narrow(x: TensorInfo): void {
    this.claim(x.dataId);
    if (this.store.has(x.dataId)) return;
    const values = this.values(x);
    checkInt8(values, x);
    const holder = this.holder(x.dataId);
    this.store.add(x.dataId, new Int8Array(values), this.refCount(x.dataId));
    holder?.backend.disposeData(x.dataId, true);
  }
}

/** Elements. */
const LARGE = 1024;

function isReshaped({dataId, shape}: TensorInfo, inner: InnerBackend): boolean {
  const stored = inner.storedShape(dataId);
  return stored !== undefined && !util.arraysEqual([...stored], shape);
}

function checkInt8(values: ArrayLike<number>, {dtype, shape}: TensorInfo): void {
  const what = `int8 backend: a tensor of dtype ${dtype}, shape [${shape.join(', ')}]`;
  if (dtype !== 'int32') throw new Error(`${what} is not int8; quantize it first`);
  const index = indexOutsideInt8(values);
  if (index < 0) return;
  throw new Error(`${what} holds ${values[index]}, outside int8; quantize it first`);
}

/** @returns −1 if there is none */
function indexOutsideInt8(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (values[i] < -128 || values[i] > 127) return i;
  return -1;
}
