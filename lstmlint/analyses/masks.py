"""The flow of masks: the layers that make masks, the calls that use them, and the calls that lose them.

A mask says for each timestep whether it is data or padding. `Embedding(mask_zero=True)` and `Masking` make one. It then
goes with the tensor from layer to layer, although no config mentions it, until a layer ends or loses it. The treatment
by a class differs between generations (`Semantics.masks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lstmlint.analyses.mask_treatments import (
    NO_MASK,
    NO_TRACK,
    Lost,
    Mask,
    MaskedCall,
    MaskFlow,
    Missed,
    Track,
    Treatment,
    all_of,
    either,
    makes_mask,
)
from lstmlint.analyses.sequences import recurrent_core
from lstmlint.inference.infer import FOLLOWED_CALLS, FOLLOWED_CALLS_PER_LAYER
from lstmlint.inference.layers import layer_types
from lstmlint.inference.order import in_order
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.graph import OPERATION, Graph, LayerCall, MaskSupport, TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import CallShapes, Layer, Model
from lstmlint.ir.shape import Structure, Unknown, is_dims, leaves
from lstmlint.keras.classes import Axes, Traits, traits_of

#: The reason of a mask behind nested models that call each other with different masks, beyond the limit on calls.
TOO_MANY_CALLS = Unknown(
    "its models call each other with too many different masks (lstmlint follows "
    f"{FOLLOWED_CALLS:,} calls of layers, and {FOLLOWED_CALLS_PER_LAYER} more for each layer of the file)"
)


def mask_flow(model: Model) -> MaskFlow:
    """Follow the masks through a model; without calls where no layer makes any."""
    return _flow(model)[0]


@asked_once
def _flow(model: Model) -> Iterator[MaskFlow]:
    if model.graph is None or not any(makes_mask(layer) for layer in model.all_layers):
        yield MaskFlow((), {}, (), ())
        return
    walk = _Walk(model.graph.semantics.masks, FOLLOWED_CALLS + FOLLOWED_CALLS_PER_LAYER * len(model.all_layers))
    outputs = walk.model(model, {})
    missed = [*walk.missed, *(Missed(lost, None) for track in outputs for lost in sorted(track.lost, key=_in_order))]
    once = {(missed.lost, missed.reader.full_name if missed.reader else ""): missed for missed in missed}
    yield MaskFlow(tuple(walk.calls), walk.sources, tuple(track.mask for track in outputs), tuple(once.values()))


@dataclass(slots=True)
class _Walk:
    """The masks of one document, while its calls are followed one after the other."""

    support: MaskSupport
    budget: int
    calls: list[MaskedCall] = field(default_factory=list)
    sources: dict[str, Layer] = field(default_factory=dict)
    missed: list[Missed] = field(default_factory=list)
    memo: dict[Any, tuple[Track, ...]] = field(default_factory=dict)

    def model(self, model: Model, given: Mapping[str, Track]) -> tuple[Track, ...]:
        """The tracks of a model's outputs; a nested model with the same inputs is followed only once."""
        if model.graph is None:
            return ()
        key = (id(model), tuple(sorted(given.items(), key=lambda item: item[0])))
        if key not in self.memo and len(self.calls) > self.budget:
            return tuple(Track(TOO_MANY_CALLS) for _ in references(model.graph.outputs))
        if key not in self.memo:
            self.memo[key] = self._followed(model, model.graph, given)
        return self.memo[key]

    def _followed(self, model: Model, graph: Graph, given: Mapping[str, Track]) -> tuple[Track, ...]:
        tracks: dict[tuple[str, int], tuple[Track, ...]] = {}

        def track_of(reference: TensorRef) -> Track:
            made = tracks.get((reference.layer, reference.call), ())
            if not made:
                return NO_TRACK
            return made[reference.index] if -len(made) <= reference.index < len(made) else made[0]

        for node_index, call_index in in_order(graph):
            layer = model.layers[node_index]
            if call_index >= len(layer.calls):
                continue
            call = layer.node.calls[call_index]
            inputs = _data(call, track_of)
            if not call_index and layer.name in given:
                inputs = [given[layer.name]]
            one = _Call(self, model, layer, call_index, call, layer.calls[call_index], inputs, track_of)
            tracks[layer.name, call_index] = one.outputs()
        return tuple(track_of(reference) for reference in references(graph.outputs))


@dataclass(frozen=True, slots=True)
class _Call:
    """One call with the tracks of its input tensors; the first one is the sequence itself."""

    walk: _Walk
    model: Model
    layer: Layer
    index: int
    call: LayerCall
    shapes: CallShapes
    inputs: list[Track]
    track_of: Callable[[TensorRef], Track]

    @property
    def support(self) -> MaskSupport:
        return self.walk.support

    @property
    def traits(self) -> Traits:
        return traits_of(self.layer.class_name)

    @property
    def masks(self) -> tuple[Mask, ...]:
        return tuple(track.mask for track in self.inputs)

    @property
    def explicit(self) -> frozenset[str]:
        """The sources of a mask that is an argument of the call."""
        return frozenset(reference.layer for reference in references(self.call.arguments.get("mask")))

    def outputs(self) -> tuple[Track, ...]:
        """The tracks of the call's outputs; the treatment is noted in the flow."""
        if self.layer.model is not None:
            return self._nested(self.layer.model)
        mask = either(self.masks) or self.explicit
        main, done = self._treated(mask)
        treatment = None if mask == NO_MASK else mask if isinstance(mask, Unknown) else done
        count = max(1, len(list(leaves(self.shapes.outputs))))
        masks = tuple(main if index < self._masked_outputs() else NO_MASK for index in range(count))
        at = len(self.walk.calls)
        producers = tuple(map(self.model.producer, references(self.call.inputs)))
        self.walk.calls.append(MaskedCall(self.layer, self.index, producers, self.masks, masks, treatment))
        lost = self._lost(mask, main, treatment, at)
        return tuple(
            Track(mask, lost if not index and mask == NO_MASK else frozenset()) for index, mask in enumerate(masks)
        )

    def _treated(self, mask: Mask) -> tuple[Mask, Treatment | Unknown]:
        """The mask of the first output, and the treatment of the mask of the inputs."""
        layer, name, support = self.layer, self.layer.class_name, self.support
        if _is_foreign(layer):
            reason = Unknown(f"what {layer.node.written_class} does with a mask is not known")
            return reason, reason
        if makes_mask(layer):
            return self._source(layer), Treatment.KEEPS
        if recurrent_core(layer) is not None:
            return self._recurrent(mask)
        if name == "TimeDistributed":
            return self._time_distributed(mask)
        if self.traits.is_elementwise_merge or name == "Concatenate":
            is_strict = self.traits.is_elementwise_merge and support.merges_need_every_mask
            merged = all_of(self.masks) if is_strict else either(self.masks)
            kept = Treatment.USES if name in support.uses else Treatment.KEEPS
            return merged, kept if merged else Treatment.LOSES
        if self.traits.is_attention and name in support.uses:
            return self.inputs[0].mask if self.inputs else NO_MASK, Treatment.USES
        if name in support.keeps:
            return mask, Treatment.USES if name in support.uses else Treatment.KEEPS
        if name in support.uses:
            return NO_MASK, Treatment.ENDS
        return NO_MASK, self._unsupported(name)

    def _unsupported(self, name: str) -> Treatment:
        refuses = self.support.refuses and name not in self.support.lets_go
        return Treatment.REFUSES if refuses else Treatment.LOSES

    def _source(self, layer: Layer) -> Mask:
        self.walk.sources[layer.full_name] = layer
        return frozenset({layer.full_name})

    def _recurrent(self, mask: Mask) -> tuple[Mask, Treatment | Unknown]:
        core = recurrent_core(self.layer)
        if core is None or traits_of(core.class_name).is_cudnn:
            return NO_MASK, Treatment.REFUSES
        kept = mask if core.config.get("return_sequences") else NO_MASK
        if self.support.state_hides_mask and not self.explicit and _has_state(self.call):
            return kept, Treatment.IGNORES
        return kept, Treatment.USES if core.config.get("return_sequences") else Treatment.ENDS

    def _time_distributed(self, mask: Mask) -> tuple[Mask, Treatment | Unknown]:
        """The inner layer decides in Keras 2; in other Kerases every mask is kept."""
        inner, support = self.layer.children.get("layer"), self.support
        if inner is None or not support.asks_wrapped_layer:
            return mask, Treatment.KEEPS
        if _is_foreign(inner) or inner.node.graph is not None:
            reason = Unknown(f"what {inner.node.written_class} does with a mask is not known")
            return reason, reason
        if makes_mask(inner):
            return self._source(inner), Treatment.KEEPS
        if inner.class_name in support.uses:
            return mask, Treatment.USES
        if inner.class_name in support.keeps | support.lets_go | {"Lambda"}:
            return mask, Treatment.KEEPS
        return NO_MASK, Treatment.REFUSES

    def _masked_outputs(self) -> int:
        """The number of outputs with the mask: sequences have it, the states after them do not."""
        return 2 if self.layer.class_name == "Bidirectional" and self.layer.config.get("merge_mode") is None else 1

    def _lost(self, mask: Mask, kept: Mask, treatment: Treatment | Unknown | None, at: int) -> frozenset[Lost]:
        """The masks that the first output has lost, in this call or before; a missed use is noted in the flow."""
        before = frozenset[Lost]().union(*(track.lost for track in self.inputs))
        if kept != NO_MASK or _is_foreign(self.layer):
            return frozenset()
        if mask == NO_MASK and self._reads_whole_sequence():
            self.walk.missed.extend(Missed(lost, self.layer) for lost in sorted(before, key=_in_order))
        if not self._keeps_steps():
            return frozenset()
        known = {lost.source for lost in before}
        if treatment is Treatment.LOSES and not isinstance(mask, Unknown):
            before |= {Lost(source, at) for source in mask if source not in known}
        return before

    def _reads_whole_sequence(self) -> bool:
        reads = self.traits.reads_whole_sequence and self.layer.class_name in self.support.uses
        return recurrent_core(self.layer) is not None or reads

    def _keeps_steps(self) -> bool:
        """Whether the second axis of the output is still the axis of timesteps."""
        core = recurrent_core(self.layer)
        if core is not None:
            return bool(core.config.get("return_sequences"))
        if self.traits.axes is Axes.STEPS:
            return True
        is_elsewhere = self.traits.axes is Axes.REARRANGED or self.traits.makes_mask
        return not is_elsewhere and _same_steps(self.shapes)

    def _nested(self, inner: Model) -> tuple[Track, ...]:
        given = _given(inner, self.call, self.inputs)
        outputs = self.walk.model(inner, given)
        masks = tuple(track.mask for track in outputs)
        self.walk.calls.append(MaskedCall(self.layer, self.index, (), self.masks, masks, None))
        return outputs


def _in_order(lost: Lost) -> tuple[int, str]:
    return lost.by, lost.source


def _data(call: LayerCall, track_of: Callable[[TensorRef], Track]) -> list[Track]:
    """The tracks of the tensors of a call, except tensors that are masks."""
    arguments = {name: value for name, value in call.arguments.items() if not _is_mask_argument(name)}
    return [track_of(reference) for reference in (*references(call.inputs), *_operands(arguments))]


def _operands(arguments: Mapping[str, Any]) -> Iterator[TensorRef]:
    """The tensors among the arguments that are sequences, not states."""
    for name, value in arguments.items():
        if name not in ("initial_state", "constants"):
            yield from references(value)


def _is_mask_argument(name: str) -> bool:
    return name == "mask" or name.endswith("_mask")


def _has_state(call: LayerCall) -> bool:
    return any(True for name in ("initial_state", "constants") for _ in references(call.arguments.get(name)))


def _is_foreign(layer: Layer) -> bool:
    """Whether the treatment by a layer is unknown: a custom layer, or a layer with a function of its own."""
    name = layer.class_name
    if layer.node.is_custom or (name not in layer_types() and not name.startswith(OPERATION)):
        return True
    return (name == "Lambda" and layer.config.get("mask") is not None) or name == "Merge"


def _same_steps(shapes: CallShapes) -> bool:
    """Whether the output is a sequence with as many timesteps as an input."""
    outputs: Structure = next(leaves(shapes.outputs), Unknown("there is no output"))
    if not is_dims(outputs) or len(outputs) < 3 or isinstance(outputs[1], Unknown):
        return False
    inputs = [shape for shape in leaves(shapes.inputs) if is_dims(shape) and len(shape) >= 3]
    return any(shape[1] == outputs[1] for shape in inputs)


def _given(inner: Model, call: LayerCall, inputs: list[Track]) -> dict[str, Track]:
    """The tracks of a call by the input layer of the nested model."""
    wanted = inner.graph.inputs if inner.graph is not None else []
    if isinstance(wanted, dict) and isinstance(call.inputs, dict):
        by_key = dict(zip(call.inputs, inputs, strict=False))
        return {
            reference.layer: by_key[key]
            for key, value in wanted.items()
            for reference in references(value)
            if key in by_key
        }
    return {reference.layer: track for reference, track in zip(references(wanted), inputs, strict=False)}
