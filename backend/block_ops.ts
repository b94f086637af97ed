import type {GraphNode} from '@tensorflow/tfjs-converter';
import {reshape, tidy, transpose, type Tensor} from '@tensorflow/tfjs-core';

/** An image's axes whatever their order, and the block that both ops are about. */
interface Image {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly block: number;
  readonly channelsFirst: boolean;
}

function imageOf(op: string, {inputs: [x], attrs}: GraphNode): Image {
  const shape: number[] = x.shape;
  if (shape.length !== 4) {
    throw new Error(`${op}: x has shape [${shape.join(', ')}], but must be of rank 4`);
  }
  const channelsFirst = attrs['data_format'] === 'nchw';
  const [batch, ...sizes] = shape;
  const [height, width, channels] = channelsFirst ? [sizes[1], sizes[2], sizes[0]] : sizes;
  return {batch, height, width, channels, block: Number(attrs['block_size']), channelsFirst};
}

/** Blocks of an image's pixels become channels: TensorFlow's SpaceToDepth, which the converter lacks. */
export function spaceToDepth(node: GraphNode): Tensor {
  const [x] = node.inputs;
  const {batch, height, width, channels, block, channelsFirst} = imageOf('SpaceToDepth', node);
  const [rows, columns] = [height / block, width / block];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new Error(
      `SpaceToDepth: x has shape [${x.shape.join(', ')}], not whole blocks of ${block}`,
    );
  }
  const depth = channels * block ** 2;
  return tidy(() => {
    if (channelsFirst) {
      const blocks = reshape(x, [batch, channels, rows, block, columns, block]);
      return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), [batch, depth, rows, columns]);
    }
    const blocks = reshape(x, [batch, rows, block, columns, block, channels]);
    return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, depth]);
  });
}

/** TensorFlow's DepthToSpace, whose form in tfjs refuses int32, and so int8, tensors. */
export function depthToSpace(node: GraphNode): Tensor {
  const [x] = node.inputs;
  const {batch, height, width, channels, block, channelsFirst} = imageOf('DepthToSpace', node);
  const depth = channels / block ** 2;
  if (!Number.isInteger(depth)) {
    throw new Error(
      `DepthToSpace: x has shape [${x.shape.join(', ')}], not ${block}² · n channels`,
    );
  }
  return tidy(() => {
    if (channelsFirst) {
      const blocks = reshape(x, [batch, block, block, depth, height, width]);
      const moved = transpose(blocks, [0, 3, 4, 1, 5, 2]);
      return reshape(moved, [batch, depth, height * block, width * block]);
    }
    const blocks = reshape(x, [batch, height, width, block, block, depth]);
    const moved = transpose(blocks, [0, 1, 3, 2, 4, 5]);
    return reshape(moved, [batch, height * block, width * block, depth]);
  });
}
