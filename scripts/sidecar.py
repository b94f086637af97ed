"""Writes what the batch norms of a Keras model tell as JSON, for the `sidecar` option of tfjs-dfq.

    python scripts/sidecar.py MODEL sidecar.json

MODEL is anything that tf.keras.models.load_model reads: a .keras or .h5 file, a SavedModel that Keras wrote.
Needs TensorFlow, which no other part of this project does. scripts/sidecar.ts reads .h5 files and models of
TensorFlow.js without it.
"""

import json
import sys

import numpy as np
import tensorflow as tf


def consumers(model):
    """The layers that read each layer's output, by name, from the model's configuration."""
    readers = {}
    if isinstance(model, tf.keras.Sequential):
        for layer, reader in zip(model.layers, model.layers[1:]):
            readers[layer.name] = [reader]
        return readers
    for config in model.get_config()["layers"]:
        # Names stand at the first place of triples, or under "keras_history" since Keras 3.
        for parent in histories(config["inbound_nodes"]):
            readers.setdefault(parent, []).append(model.get_layer(config["name"]))
    return readers


def histories(value):
    if isinstance(value, dict):
        if "keras_history" in value:
            yield value["keras_history"][0]
        else:
            for inner in value.values():
                yield from histories(inner)
    elif isinstance(value, (list, tuple)):
        if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
            yield value[0]
        else:
            for inner in value:
                yield from histories(inner)


def entry(norm):
    """Mean and deviation of the norm's output; epsilon matters in channels that hardly vary."""
    variance = norm.moving_variance.numpy().astype(np.float64)
    gamma = norm.gamma.numpy() if norm.scale else np.ones_like(variance)
    beta = norm.beta.numpy() if norm.center else np.zeros_like(variance)
    deviation = np.abs(gamma) * np.sqrt(variance / (variance + norm.epsilon))
    return {"beta": beta.tolist(), "gamma": deviation.tolist()}


def sidecar(model):
    readers = consumers(model)
    linear = (tf.keras.layers.Conv2D, tf.keras.layers.DepthwiseConv2D, tf.keras.layers.Dense)
    layers = {}
    for layer in model.layers:
        following = readers.get(layer.name, [])
        if not isinstance(layer, linear) or len(following) != 1:
            continue
        norm = following[0]
        if not isinstance(norm, tf.keras.layers.BatchNormalization):
            continue
        aliases = [norm.name] + [reader.name for reader in readers.get(norm.name, [])][:1]
        layers[layer.name] = {**entry(norm), "aliases": aliases}
    return {"format": "tfjs-dfq-sidecar", "version": 1, "layers": layers}


if __name__ == "__main__":
    source, target = sys.argv[1:]
    made = sidecar(tf.keras.models.load_model(source, compile=False))
    with open(target, "w", encoding="utf-8") as file:
        json.dump(made, file)
    print(len(made["layers"]), "layers in", target)
