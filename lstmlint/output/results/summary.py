"""The layers of a model with their shapes, parameters and costs."""

from __future__ import annotations

from typing import Any

from lstmlint.analyses.totals import model_bytes, model_params
from lstmlint.inference.costs import Costs, layer_costs, model_costs
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Count, Structure, Unknown
from lstmlint.ir.shown import Printed
from lstmlint.ir.weight import Weights
from lstmlint.output.text.summary import listed, to_object


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer of a summary. `depth` is 0 for the layers of the outermost model, 1 for those of a nested one ..."""

    layer: Layer
    depth: int

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name

    @property
    def path(self) -> str:
        """The names of the enclosing models and the layer's, with slashes."""
        return self.layer.full_name

    @property
    def class_name(self) -> str:
        """The class as the file spells it."""
        return self.layer.node.written_class or "unknown"

    @property
    def outputs(self) -> tuple[Structure, ...]:
        """The output of each call; a dimension is a number, `None` (open in Keras) or `Unknown`."""
        return tuple(call.outputs for call in self.layer.calls)

    @property
    def weights(self) -> Weights:
        """The variables of the layer, or the reason why they are unknown."""
        return self.layer.weights

    @property
    def params(self) -> Count:
        """Parameters, as `count_params()` counts them."""
        return self.layer.params

    @property
    def trainable_params(self) -> Count:
        """Parameters that training changes."""
        return self.layer.trainable_params

    @property
    def non_trainable_params(self) -> Count:
        """Parameters that training does not change."""
        return self.layer.non_trainable_params

    @property
    def costs(self) -> Costs:
        """The costs of all calls of the layer for one example."""
        return layer_costs(self.layer)


@dataclass(frozen=True, slots=True)
class Summary(Printed):
    """The layers of a saved model, as `model.summary()` of Keras lists them; `str` is that table.

    `path` is the file as it was named, `model` the inferred model.
    """

    path: str
    model: Model

    def __repr__(self) -> str:
        params = "unknown" if isinstance(self.params, Unknown) else self.params
        return f"<Summary {self.model.name!r} path={self.path!r} layers={len(self.layers)} params={params}>"

    @property
    def layers(self) -> tuple[LayerSummary, ...]:
        """The layers in the order of the file; those of a nested model follow it."""
        return tuple(LayerSummary(layer, depth) for layer, depth in listed(self.model))

    @property
    def params(self) -> Count:
        """Parameters of the whole model."""
        return model_params(self.model)

    @property
    def trainable_params(self) -> Count:
        """Parameters that training changes."""
        return model_params(self.model, trainable=True)

    @property
    def non_trainable_params(self) -> Count:
        """Parameters that training does not change."""
        return model_params(self.model, trainable=False)

    @property
    def bytes(self) -> Count:
        """Bytes of the parameters, by the dtypes of their variables."""
        return model_bytes(self.model)

    @property
    def costs(self) -> Costs:
        """The costs of one example in one forward pass and in training."""
        return model_costs(self.model)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lstmlint summary --format json` prints it (`lstmlint schema summary`)."""
        return to_object(self.path, self.model)
