"""From a document to the model in it: graph, stored tensors, inference."""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.dialects import graph_of
from lstmlint.inference.infer import infer
from lstmlint.inference.layers.call import LayerType
from lstmlint.inference.stored import stored_by_layer
from lstmlint.ir.document import Document, UnreadableError
from lstmlint.ir.graph import NOTHING
from lstmlint.ir.model import Model


def modelled(document: Document, layers: Mapping[str, str | tuple[str, ...]] = NOTHING) -> Model:
    """The inferred model of a document.

    Args:
        document: the document of a reader.
        layers: layer functions of custom layers from the settings, by class name (`[tool.lstmlint.layers]`).

    Raises:
        UnreadableError: the config is not built like a model's.
    """
    try:
        graph = graph_of(document)
        return infer(document, graph, stored_by_layer(document, graph), _taught(layers))
    except RecursionError:
        raise UnreadableError("nests models too deeply to be read; save the inner models separately") from None


def _taught(layers: Mapping[str, str | tuple[str, ...]]) -> dict[str, LayerType]:
    """The layer functions that a user teaches; what parses them is imported where there are any."""
    if not layers:
        return {}
    from lstmlint.inference.taught import taught_layers

    return taught_layers(layers)
