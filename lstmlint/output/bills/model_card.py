"""The CycloneDX model card of a model: task, architecture, inputs, outputs, and where it does not load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.analyses.activations import shape_of
from lstmlint.analyses.training import Loss, Output, outputs
from lstmlint.ir.graph import TensorRef, references
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.keras.classes import Form, Traits, traits_of
from lstmlint.keras.compiled import BINARY_CROSSENTROPIES, CATEGORICAL_CROSSENTROPIES, REGRESSION_LOSSES
from lstmlint.output.text.loads import limitations
from lstmlint.portability.verdict import Verdict

CLASSIFICATION, REGRESSION = "classification", "regression"


def model_card(model: Model, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The card of a model; what the file does not tell is left out."""
    parameters = {
        "task": task(model),
        "architectureFamily": architecture_family(model),
        "modelArchitecture": model.graph.class_name if model.graph else "",
        "inputs": list(_tensors(model, model.graph.inputs)) if model.graph else [],
        "outputs": list(_tensors(model, model.graph.outputs)) if model.graph else [],
    }
    limits = limitations(verdicts)
    return {
        "modelParameters": {name: value for name, value in parameters.items() if value},
        **({"considerations": {"technicalLimitations": limits}} if limits else {}),
    }


def task(model: Model) -> str:
    """The task that the losses of all outputs tell; empty where one tells none, or they disagree."""
    told = {_task_of(output) for output in outputs(model)}
    return told.pop() if len(told) == 1 else ""


def _task_of(output: Output) -> str:
    """The task of one output. A binary crossentropy tells it for a single number alone: autoencoders use it, too."""
    if not isinstance(output.loss, Loss):
        return ""
    if output.loss.name in REGRESSION_LOSSES:
        return REGRESSION
    is_single = isinstance(output.shape, tuple) and len(output.shape) == 2 and output.width == 1
    is_binary = output.loss.name in BINARY_CROSSENTROPIES and is_single
    return CLASSIFICATION if is_binary or output.loss.name in CATEGORICAL_CROSSENTROPIES else ""


def architecture_family(model: Model) -> str:
    """The families of the recurrent and convolutional layers in a model, with commas between them."""
    families = {_family(traits_of(layer.class_name)) for layer in model.all_layers}
    return ", ".join(sorted(filter(None, families)))


def _family(traits: Traits) -> str:
    """The architecture family of a layer, in the words of the CycloneDX specification; empty where it has none."""
    if traits.kind is not None:
        name = traits.kind.name if len(traits.kind.gates) > 1 else "recurrent"
        return f"{'convolutional ' if traits.form is Form.CONVOLUTION else ''}{name} neural network"
    is_convolution = traits.is_convolution or (traits.dimensions is not None and traits.has_kernel)
    return "convolutional neural network" if is_convolution else ""


def _tensors(model: Model, structure: Any) -> Iterator[dict[str, str]]:
    """The tensors of the inputs or outputs of a model: name, dtype where it is stated, and shape."""
    for reference in references(structure):
        yield {"format": f"{reference.layer}: {_dtype(model, reference)}{_shape(model, reference)}"}


def _dtype(model: Model, reference: TensorRef) -> str:
    layer = model.producer(reference)
    dtype = layer.config.get("dtype") if layer is not None and layer.class_name == "InputLayer" else None
    return f"{dtype} " if isinstance(dtype, str) else ""


def _shape(model: Model, reference: TensorRef) -> str:
    shape = shape_of(model, reference)
    return f"of unknown shape, because {shape.reason}" if isinstance(shape, Unknown) else to_text(shape)
