"""Attention: each position of a query gathers from the positions of a value, weighted by how well their keys match."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from lstmlint.inference.layers import quantized
from lstmlint.inference.layers.call import Call, Signature, Undetermined, joined, layer
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.shape import Dim, Dims, Incompatible, Shape, Structure, Unknown, first, is_dims, to_text
from lstmlint.ir.weight import Weight, Weights
from lstmlint.ir.work import Amount, Work, multiplied

#: The inputs of an attention layer, in this order.
NAMES = ("query", "value", "key")


#: The name of a projection, its input dimensions, and its output dimensions.
Projection: TypeAlias = tuple[str, Dims, Dims]


@dataclass(frozen=True, slots=True)
class Operands:
    """The shapes that an attention layer is called on; the key is the value where the call gives none."""

    query: Dims
    value: Shape
    key: Shape


@layer("Attention", "AdditiveAttention")
def attention(call: Call) -> Signature:
    """The query's positions with the value's features; scores are `(..., query positions, key positions)`.

    Raises:
        Incompatible: the layer is not called on `[query, value]` or `[query, value, key]`, or tf.keras cannot multiply
            these.
    """
    if isinstance(call.inputs, list) and len(call.inputs) not in (2, 3):
        raise Incompatible(f"expects [query, value] or [query, value, key] and gets {len(call.inputs)} tensors")
    if is_dims(call.inputs):
        raise Incompatible("expects [query, value] or [query, value, key] and gets one tensor")
    operands = _operands(call)
    scaled = operands.query[-1]
    if call.semantics.outputs_are_traced:
        _demand_products(call, operands)
        operands, scaled = _of_one_batch(operands), _dim(call, operands.value, -1)
    outputs = (*operands.query[:-1], _dim(call, operands.value, -1))
    outputs_and_scores = _with_scores(call, outputs, lambda: (*operands.query[:-1], _dim(call, operands.key, -2)))
    weights = tuple(_score_weights(call, scaled))
    is_product = call.class_name == "Attention" and call.text("score_mode") == "dot"
    sizes = (operands.query[-1], outputs[-1]) if is_product else outputs[-1:]
    products = _gathered(operands, sizes, _positions(operands.key)[-1:])
    return Signature(outputs_and_scores, weights, Work(tuple(products)))


@layer("MultiHeadAttention")
def multi_head_attention(call: Call) -> Signature:
    """Each head projects query, key and value; `attention_output` projects the gathered values back.

    A projection's kernel is `(features, heads, size)`, its bias `(heads, size)` (Keras,
    `layers/attention/multi_head_attention.py`, `build`).
    """
    operands = _operands(call)
    _demand_equal_positions(operands)
    heads, key_dim = call.integer("num_heads"), call.integer("key_dim")
    value_dim = key_dim if call.config.get("value_dim") is None else call.integer("value_dim")
    queried, keyed, valued = (_dim(call, shape, -1) for shape in (operands.query, operands.key, operands.value))
    features = _output_features(call) or (queried,)
    projections: list[Projection] = [
        ("query", (queried,), (heads, key_dim)),
        ("key", (keyed,), (heads, key_dim)),
        *([("gate", (queried,), (heads, value_dim))] if call.flag("use_gate") else []),
        ("value", (valued,), (heads, value_dim)),
        ("attention_output", (heads, value_dim), features),
    ]
    weights = _weights(call, operands, projections)
    outputs = (*operands.query[:-1], *features)
    keys = (heads, *_attended(call, operands))
    products = (*_projected(operands, projections), *_gathered(operands, (key_dim, value_dim), keys))
    return Signature(_with_scores(call, outputs, lambda: _head_scores(call, operands)), weights, Work(products))


@layer("GroupedQueryAttention", "GroupQueryAttention")
def grouped_query_attention(call: Call) -> Signature:
    """Several heads of the query share a head of key and value; the output has the query's features.

    Raises:
        Incompatible: query and value differ in their features, or the heads cannot be shared.
    """
    operands = _operands(call)
    heads, shared, size = (call.integer(key) for key in ("num_query_heads", "num_key_value_heads", "head_dim"))
    queried, keyed, valued = (_dim(call, shape, -1) for shape in (operands.query, operands.key, operands.value))
    if shared < 1 or heads % shared:
        raise Incompatible(f"expects query heads that its {shared} heads of key and value divide and has {heads}")
    if valued != queried and not isinstance(valued, Unknown) and not isinstance(queried, Unknown):
        raise Incompatible(f"expects a query and a value of equal features and gets {queried} and {valued}")
    projections: list[Projection] = [
        ("query", (queried,), (heads, size)),
        ("key", (keyed,), (shared, size)),
        *([("gate", (queried,), (heads, size))] if call.flag("use_gate") else []),
        ("value", (valued,), (shared, size)),
        ("attention_output", (heads, size), (queried,)),
    ]
    weights = _weights(call, operands, projections)
    query = operands.query
    scored = query[0], heads, _dim(call, query, 1), _dim(call, operands.key, 1)
    keys = (heads, *_positions(operands.key))
    products = (*_projected(operands, projections), *_gathered(operands, (size, size), keys))
    return Signature(_with_scores(call, query, lambda: scored), weights, Work(products))


def _operands(call: Call) -> Operands:
    """Query, value and key, from one list, from named arguments, or from a recorded build.

    Raises:
        Undetermined: the query's rank is unknown, or the value is missing.
    """
    given = _named(call.inputs, call.arguments)
    query, value, key = (given.get(name) for name in NAMES)
    if not is_dims(query):
        raise Undetermined(query.reason if isinstance(query, Unknown) else "it is not called on one query")
    if value is None:
        raise Undetermined("the file does not state its value input")
    return Operands(query, first(value), first(value if key is None else key))


def _named(inputs: Structure, arguments: Mapping[str, Any]) -> dict[str, Structure]:
    """The operands by name; Keras 3 records them as `query_shape`, `value_shape` and `key_shape`."""
    named = dict(zip(NAMES, inputs if isinstance(inputs, list) else [inputs], strict=False))
    if isinstance(inputs, dict):
        named = {name.removesuffix("_shape"): shape for name, shape in inputs.items()}
    given = {name: arguments[name] for name in ("value", "key") if arguments.get(name) is not None}
    return {**given, **named}


def _score_weights(call: Call, features: Dim) -> Iterator[Weight]:
    """Additive attention has a scale for each feature; other attention has at most two single numbers."""
    additive = call.class_name == "AdditiveAttention"
    if call.flag("use_scale"):
        yield Weight("scale", (features,) if additive else ())
    if not additive and call.text("score_mode") == "concat":
        yield Weight("concat_score_weight", ())


def _weights(call: Call, operands: Operands, projections: list[Projection]) -> Weights:
    """The weights of projections, each an `EinsumDense` that sums over all its input dimensions, at each position."""
    positions: Dims = (1,) * (len(operands.query) - 1)
    parts: list[tuple[str, Weights]] = []
    for name, inputs, outputs in projections:
        kernel, bias = Weight("kernel", (*inputs, *outputs)), [Weight("bias", outputs)] if call.flag("use_bias") else []
        packed = quantized.summed(call, kernel, range(len(inputs)), (*positions, *outputs))
        parts.append((name, quantized.kept(call, kernel, bias, packed)))
    return joined(*parts)


def _projected(operands: Operands, projections: list[Projection]) -> Iterator[Amount]:
    """The products of projections, each at the positions of its operand."""
    projected = {"key": operands.key, "value": operands.value}
    for name, inputs, outputs in projections:
        yield multiplied((*inputs, *outputs), _positions(projected.get(name, operands.query)))


def _gathered(operands: Operands, sizes: Dims, keys: Dims) -> Iterator[Amount]:
    """The products of each position of the query with keys, for vectors of the given sizes."""
    for size in sizes:
        yield multiplied((size, *keys), operands.query[1:-1])


def _positions(shape: Shape) -> Dims:
    return (shape,) if isinstance(shape, Unknown) else shape[1:-1]


def _output_features(call: Call) -> Dims:
    """The dimensions that replace the query's last one; empty where the config leaves them out."""
    value = call.config.get("output_shape")
    if isinstance(value, int):
        return (value,)
    return call.integers("output_shape", len(value)) if isinstance(value, list) else ()


def _head_scores(call: Call, operands: Operands) -> Dims:
    """The shape of the scores: dimensions without attention, heads, attended positions of the query, then of the key.

    Keras 3 states `(batch, heads, length, length)` with the query's length, whatever length the key has.
    """
    query, heads = operands.query, call.integer("num_heads")
    if call.semantics.scores_have_query_length:
        length = _dim(call, query, 1)
        return (query[0], heads, length, length)
    projected = (*query[:-1], heads)
    axes = _attention_axes(call, len(query) + 1)
    apart = (dim for at, dim in enumerate(projected) if at not in axes)
    return (*apart, *(projected[axis] for axis in axes), *_keyed(call, operands))


def _attended(call: Call, operands: Operands) -> Dims:
    """The lengths of the key along the attended axes; unknown where Keras computes without resolving these axes."""
    try:
        return _keyed(call, operands)
    except (Incompatible, Undetermined):
        return (Unknown("the axes of its key that it attends over are unknown"),)


def _keyed(call: Call, operands: Operands) -> Dims:
    """The lengths of the key along the attended axes; one may be the axis of the heads."""
    last = len(operands.query) - 1
    axes = _attention_axes(call, last + 2)
    return tuple(call.integer("num_heads") if axis == last else _dim(call, operands.key, axis) for axis in axes)


def _attention_axes(call: Call, rank: int) -> tuple[int, ...]:
    """The attended axes of a projection `(batch, ..., heads, size)`; all between batch and heads by default."""
    value = call.config.get("attention_axes")
    if value is None:
        return tuple(range(1, rank - 2))
    axes = tuple(call.axis(axis, rank) for axis in (value if isinstance(value, list) else [value]))
    if rank - 1 in axes:
        raise Incompatible(f"expects to attend over positions and gets the axis of features in {list(axes)}")
    return axes


def _of_one_batch(operands: Operands) -> Operands:
    """The operands, with the batch size of value or key where the query leaves it open."""
    batches = [shape[0] for shape in (operands.value, operands.key) if is_dims(shape)]
    fixed = next((batch for batch in batches if isinstance(batch, int) and batch > 1), None)
    if operands.query[0] is not None or fixed is None:
        return operands
    return replace(operands, query=(fixed, *operands.query[1:]))


def _demand_products(call: Call, operands: Operands) -> None:
    """Raises `Incompatible` where query and key differ in features, or value and key in length."""
    is_product = call.class_name == "Attention" and call.text("score_mode") == "dot"
    key, value = operands.key, operands.value
    if not is_dims(key) or not is_dims(value) or min(len(key), len(value)) < 2:
        return
    scaled = [value[-1]] if call.class_name == "AdditiveAttention" and call.flag("use_scale") else []
    if None in scaled:
        raise Incompatible(f"needs a scale with a dimension that is open and gets {to_text(value)} as value")
    features = {size for size in (operands.query[-1], key[-1], *scaled) if isinstance(size, int)}
    if len(features if is_product else features - {1}) > 1:
        given = to_text([operands.query, value, key])
        raise Incompatible(f"expects a query and a key of equal features and gets {given} as query, value and key")
    if isinstance(key[-2], int) and isinstance(value[-2], int) and key[-2] != value[-2]:
        raise Incompatible(f"expects a value and a key of equal lengths and gets {to_text([value, key])}")


def _demand_equal_positions(operands: Operands) -> None:
    """Raises `Incompatible` where value and key have different positions."""
    if isinstance(operands.value, Unknown) or isinstance(operands.key, Unknown):
        return
    positions = operands.value[1:-1], operands.key[1:-1]
    known = [(ours, theirs) for ours, theirs in zip(*positions, strict=False) if isinstance(ours, int)]
    clash = any(isinstance(theirs, int) and theirs != ours for ours, theirs in known)
    if clash or len(positions[0]) != len(positions[1]):
        given = to_text([operands.value, operands.key])
        raise Incompatible(f"expects a value and a key of equal lengths and gets {given}")


def _dim(call: Call, shape: Shape, axis: int) -> Dim:
    return shape if isinstance(shape, Unknown) else shape[call.axis(axis, len(shape))]


def _with_scores(call: Call, outputs: Dims, scores: Callable[[], Dims]) -> Structure:
    return [outputs, scores()] if call.arguments.get("return_attention_scores") else outputs
