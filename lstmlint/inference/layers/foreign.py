"""Layers that consist of code or name another file: lstmlint loads neither."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer

#: Reasons why the outputs and weights of a layer are unknown.
REASONS = {
    "TorchModuleWrapper": "it holds a pickled PyTorch module, which is never loaded",
    "JaxLayer": "it holds pickled functions of JAX, which are never loaded",
    "FlaxLayer": "it holds a pickled Flax module, which is never loaded",
    "TFSMLayer": "it runs a SavedModel in another folder, which is not read",
    "SequenceFeatures": "its feature columns are TensorFlow's own",
    "FeatureSpace": "its outputs depend on the data that it was adapted to",
    "Wrapper": "it is an abstract class that calls nothing",
}


@layer(*REASONS)
def foreign(call: Call) -> Signature:
    """Nothing is known of the layer but the reason.

    Raises:
        Undetermined: always.
    """
    raise Undetermined(REASONS[call.class_name])
