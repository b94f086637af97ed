"""Trains the pictogram classifier, a small MobileNetV2, and exports it as a tfjs GraphModel.

  python3 train.py --train train.bin --test test.bin --out DIR

Writes DIR/model.json and DIR/weights.bin. The .bin files come from write_dataset.ts.
"""
import argparse
import base64
import json
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

IMAGE_SIZE = 64
CLASSES = ['star', 'heart', 'moon', 'ring', 'gear', 'arrow', 'cross', 'spiral', 'flower', 'lightning', 'fish',
           'house', 'tree', 'key', 'mushroom', 'umbrella']

STEM = 24
# (expansion, output channels, stride) of each inverted residual block.
BLOCKS = [(1, 16, 2), (6, 16, 1), (6, 24, 2), (6, 24, 1), (6, 40, 1), (6, 40, 1), (6, 40, 1), (6, 64, 2), (6, 64, 1)]
HEAD = 256


class ConvBn(nn.Module):
  """Convolution, batch norm and perhaps ReLU6, padded as TensorFlow's SAME pads an even-sized image."""

  def __init__(self, inputs, outputs, size, stride=1, depthwise=False, relu=True):
    super().__init__()
    groups = inputs if depthwise else 1
    padding = size // 2 if stride == 1 else 0
    self.conv = nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False)
    self.bn = nn.BatchNorm2d(outputs)
    self.stride, self.depthwise, self.relu = stride, depthwise, relu
    self.pad = (0, 1, 0, 1) if stride == 2 else None

  def forward(self, x):
    y = self.bn(self.conv(F.pad(x, self.pad) if self.pad else x))
    return F.relu6(y) if self.relu else y


class InvertedResidual(nn.Module):

  def __init__(self, inputs, expansion, outputs, stride):
    super().__init__()
    width = inputs * expansion
    self.expand = ConvBn(inputs, width, 1) if expansion > 1 else None
    self.depthwise = ConvBn(width, width, 3, stride, depthwise=True)
    self.project = ConvBn(width, outputs, 1, relu=False)
    self.residual = stride == 1 and inputs == outputs

  def forward(self, x):
    y = self.expand(x) if self.expand else x
    y = self.project(self.depthwise(y))
    return x + y if self.residual else y


class MobileNet(nn.Module):

  def __init__(self):
    super().__init__()
    self.stem = ConvBn(3, STEM, 3, stride=2)
    self.blocks = nn.ModuleList()
    channels = STEM
    for expansion, outputs, stride in BLOCKS:
      self.blocks.append(InvertedResidual(channels, expansion, outputs, stride))
      channels = outputs
    self.head = ConvBn(channels, HEAD, 1)
    self.classify = nn.Linear(HEAD, len(CLASSES))

  def forward(self, x):
    x = self.stem(x)
    for block in self.blocks:
      x = block(x)
    return self.classify(self.head(x).mean((2, 3)))


def load(path):
  """Labels [n] and pixels [n, height, width, 3], both uint8, as write_dataset.ts wrote them."""
  records = np.memmap(path, np.uint8, 'r').reshape(-1, 1 + IMAGE_SIZE * IMAGE_SIZE * 3)
  return records[:, 0], records[:, 1:].reshape(-1, IMAGE_SIZE, IMAGE_SIZE, 3)


def to_input(pixels):
  """uint8 NHWC → float NCHW, −1 … 1, channels last in memory (twice as fast on a CPU)."""
  return (torch.from_numpy(np.array(pixels)).float() / 127.5 - 1).permute(0, 3, 1, 2)


def accuracy(net, labels, pixels, batch=250):
  net.eval()
  correct = 0
  with torch.no_grad():
    for i in range(0, len(labels), batch):
      guess = net(to_input(pixels[i:i + batch])).argmax(1).numpy()
      correct += int((guess == labels[i:i + batch]).sum())
  return correct / len(labels)


def make_optimizer(net, args):
  """RMSprop as MobileNet used it: weight decay on 1 × 1 and full convolutions and the classifier only."""
  decayed = [p for p in net.parameters() if p.dim() > 1 and p.shape[1] > 1]
  kept = [p for p in net.parameters() if p.dim() == 1 or p.shape[1] == 1]  # batch norm, bias, depthwise
  groups = [{'params': decayed, 'weight_decay': args.decay}, {'params': kept, 'weight_decay': 0}]
  return torch.optim.RMSprop(groups, lr=args.rate, alpha=0.9, momentum=0.9)


def train(net, args):
  labels, pixels = load(args.train)
  test_labels, test_pixels = load(args.test)
  order = np.random.default_rng(args.seed)
  optimizer = make_optimizer(net, args)
  steps = len(labels) // args.batch
  start = time.time()
  for epoch in range(args.epochs):
    net.train()
    shuffled = order.permutation(len(labels))
    total = 0.0
    for step in range(steps):
      for group in optimizer.param_groups:
        group['lr'] = args.rate * args.rate_decay ** (epoch + step / steps)
      index = np.sort(shuffled[step * args.batch:(step + 1) * args.batch])
      x = to_input(pixels[index])
      if order.random() < 0.5:
        x = x.flip(3)
      loss = F.cross_entropy(net(x), torch.from_numpy(labels[index]).long())
      optimizer.zero_grad()
      loss.backward()
      optimizer.step()
      total += loss.item()
    score = accuracy(net, test_labels, test_pixels)
    seconds = time.time() - start
    print(f'epoch {epoch + 1}: loss {total / steps:.4f}, test {100 * score:.2f} %, {seconds:.0f} s', flush=True)
    export(net, args.out)


class GraphWriter:
  """Collects the nodes and weights of a tfjs GraphModel (a GraphDef in JSON)."""

  def __init__(self):
    self.nodes, self.weights = [], []

  def node(self, name, op, inputs=(), **attr):
    node = {'name': name, 'op': op}
    if inputs:
      node['input'] = list(inputs)
    if op not in ('Const', 'Placeholder'):
      attr['T'] = FLOAT
    self.nodes.append({**node, 'attr': attr})
    return name

  def constant(self, name, value):
    dtype = {'float32': 'DT_FLOAT', 'int32': 'DT_INT32'}[str(value.dtype)]
    self.weights.append((name, value))
    tensor = {'dtype': dtype, 'tensorShape': shape(*value.shape)}
    return self.node(name, 'Const', dtype={'type': dtype}, value={'tensor': tensor})

  def conv_bn(self, name, layer, x):
    """Conv2D or DepthwiseConv2dNative, FusedBatchNormV3, Relu6; kernels are HWIO."""
    kind, kernel = ('depthwise', 'depthwise_kernel') if layer.depthwise else ('Conv2D', 'kernel')
    op = 'DepthwiseConv2dNative' if layer.depthwise else 'Conv2D'
    weights = layer.conv.weight.detach().numpy().transpose((2, 3, 0, 1) if layer.depthwise else (2, 3, 1, 0))
    x = self.node(f'{name}/{kind}', op, [x, self.constant(f'{name}/{kernel}', weights)],
                  strides=ints(1, layer.stride, layer.stride, 1), padding=text('SAME'), dilations=ints(1, 1, 1, 1),
                  data_format=text('NHWC'), explicit_paddings={'list': {}})
    bn = layer.bn
    moments = {'gamma': bn.weight, 'beta': bn.bias, 'moving_mean': bn.running_mean, 'moving_variance': bn.running_var}
    inputs = [self.constant(f'{name}_bn/{key}', value.detach().numpy()) for key, value in moments.items()]
    x = self.node(f'{name}_bn/FusedBatchNormV3', 'FusedBatchNormV3', [x, *inputs], U=FLOAT, epsilon={'f': bn.eps},
                  data_format=text('NHWC'), is_training={'b': False}, exponential_avg_factor={'f': 1})
    return self.node(f'{name}_relu/Relu6', 'Relu6', [x]) if layer.relu else x

  def model_json(self, inputs, outputs, metadata):
    return {
        'format': 'graph-model',
        'generatedBy': 'train.py',
        'convertedBy': 'train.py',
        'signature': {'inputs': inputs, 'outputs': outputs},
        'userDefinedMetadata': metadata,
        'modelTopology': {'node': self.nodes, 'library': {}, 'versions': {'producer': 1087}},
        'weightsManifest': [{
            'paths': ['weights.bin'],
            'weights': [{'name': n, 'shape': list(v.shape), 'dtype': str(v.dtype)} for n, v in self.weights],
        }],
    }


FLOAT = {'type': 'DT_FLOAT'}


def shape(*sizes):
  return {'dim': [{'size': str(size)} for size in sizes]}


def ints(*values):
  return {'list': {'i': [str(value) for value in values]}}


def text(value):
  return {'s': base64.b64encode(value.encode()).decode()}


def build_graph(net):
  graph = GraphWriter()
  image = shape(-1, IMAGE_SIZE, IMAGE_SIZE, 3)
  x = graph.node('input', 'Placeholder', dtype=FLOAT, shape={'shape': image})
  x = graph.conv_bn('conv1', net.stem, x)
  for i, block in enumerate(net.blocks):
    y = graph.conv_bn(f'block_{i}_expand', block.expand, x) if block.expand else x
    y = graph.conv_bn(f'block_{i}_depthwise', block.depthwise, y)
    y = graph.conv_bn(f'block_{i}_project', block.project, y)
    x = graph.node(f'block_{i}_add', 'AddV2', [x, y]) if block.residual else y
  x = graph.conv_bn('conv_last', net.head, x)
  axes = graph.constant('global_pool/Mean/reduction_indices', np.array([1, 2], np.int32))
  x = graph.node('global_pool/Mean', 'Mean', [x, axes], Tidx={'type': 'DT_INT32'}, keep_dims={'b': False})
  kernel = graph.constant('classify/kernel', net.classify.weight.detach().numpy().T)
  x = graph.node('classify/MatMul', 'MatMul', [x, kernel], transpose_a={'b': False}, transpose_b={'b': False})
  bias = graph.constant('classify/bias', net.classify.bias.detach().numpy())
  graph.node('logits', 'BiasAdd', [x, bias], data_format=text('NHWC'))
  return graph


def export(net, folder):
  """Writes model.json and weights.bin: float32, batch norm not folded."""
  graph = build_graph(net)
  endpoint = lambda name, *sizes: {name: {'name': f'{name}:0', 'dtype': 'DT_FLOAT', 'tensorShape': shape(*sizes)}}
  inputs = endpoint('input', -1, IMAGE_SIZE, IMAGE_SIZE, 3)
  outputs = endpoint('logits', -1, len(CLASSES))
  metadata = {'classNames': CLASSES, 'preprocessing': {'mean': 127.5, 'std': 127.5}}
  os.makedirs(folder, exist_ok=True)
  with open(os.path.join(folder, 'model.json'), 'w') as file:
    json.dump(graph.model_json(inputs, outputs, metadata), file, separators=(',', ':'))
  with open(os.path.join(folder, 'weights.bin'), 'wb') as file:
    for _, value in graph.weights:
      file.write(value.tobytes())


def restore(net, folder):
  """Reads back what `export` wrote: the arrays of the graph are views of the network's own tensors."""
  with open(os.path.join(folder, 'weights.bin'), 'rb') as file:
    for _, value in build_graph(net).weights:
      value[...] = np.frombuffer(file.read(value.nbytes), value.dtype).reshape(value.shape)


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--train', required=True)
  parser.add_argument('--test', required=True)
  parser.add_argument('--out', required=True)
  parser.add_argument('--init', help='folder of an exported model to go on from')
  parser.add_argument('--epochs', type=int, default=6)
  parser.add_argument('--batch', type=int, default=32)
  parser.add_argument('--rate', type=float, default=1.2e-3, help='initial learning rate; there is no warm-up')
  parser.add_argument('--rate_decay', type=float, default=0.45, help='factor on the learning rate, per epoch')
  parser.add_argument('--decay', type=float, default=4e-5, help='weight decay')
  parser.add_argument('--seed', type=int, default=1)
  parser.add_argument('--threads', type=int, default=1)
  args = parser.parse_args()
  torch.set_num_threads(args.threads)
  torch.set_flush_denormal(True)  # dead channels decay to denormals, which slow a CPU about fivefold
  torch.manual_seed(args.seed)
  net = MobileNet().to(memory_format=torch.channels_last)
  if args.init:
    restore(net, args.init)
  train(net, args)


if __name__ == '__main__':
  main()
