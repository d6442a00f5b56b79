"""What is true of a layer class stands in `lstmlint/keras/classes/`, not in a table of the part that asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from lstmlint.keras.classes import CLASSES
from tests.house.edges import ROOT

TRAITS = ROOT / "lstmlint" / "keras" / "classes"

#: Tables that name several classes and tell no trait: what a module translates, says or computes for each, or what
#: holds of how one Keras writes a config.
OWN = frozenset({
    "analyses/biases.py: LAYOUTS EQUIVALENT", "analyses/expected.py: GROUPED_ATTENTION",
    "analyses/axes/effects.py: EFFECTS", "analyses/connections.py: ACTS_ALONE",
    "analyses/vocabularies.py: SPECIAL_TOKENS",
    "dialects/build.py: LAYERS_WITHOUT_TRAINABLE", "dialects/dialect.py: WRAPPERS",
    "dialects/keras1.py: CLASSES UNITS_CLASSES MERGE_CLASSES LOST_DATA_FORMAT SYMMETRIC_PADDING",
    "dialects/keras2.py: ALIASES KEYS", "fixing/certificate/recurrent.py: STEPS",
    "fixing/repairs/keras1_names.py: UNREPAIRED", "fixing/repairs/kernels.py: KERNELS",
    "fixing/repairs/tensorflow_calls.py: CLASSES OPERATIONS", "fixing/repairs/today.py: UNEXAMINED",
    "inference/infer.py: COMPOSITES", "inference/stored.py: PYTHON_NAMES LOOKUPS",
    "inference/layers/activation.py: LEARNED", "inference/layers/augmentation.py: OPENED CROPS",
    "inference/layers/convolution.py: DEPTHWISE", "inference/layers/foreign.py: REASONS",
    "inference/layers/merging.py: BINARY", "inference/layers/operations.py: FAMILIES",
    "inference/layers/preprocessing.py: DECLARED_OTHERWISE",
    "inference/layers/wrappers.py: NO_KERNEL_IN_KERAS_2", "keras/defaults.py: BUILT_IN",
    "output/results/explanation.py: REMARKS", "portability/loaders/constants.py: FAILS",
    "portability/loaders/context.py: LEFT_BEHIND", "portability/loaders/ranks.py: WEIGHTS",
    "portability/loaders/tfjs.py: UNITS", "portability/stored/conversions.py: TURNED WRAPPERS",
    "review/facts.py: NORMALIZATIONS",
    "rules/recurrence/single_timestep_recurrence.py: INSTEAD",
    "rules/security/unsafe_callable_reference.py: PROGRAMS",
    "rules/shape/attention_width_mismatch.py: CLASSES", "rules/shape/sequence_into_scalar_target.py: MAKES_SEQUENCES",
    "rules/training/normalization_over_time.py: WORDS",
})  # fmt: skip


def tables(path: Path) -> Iterator[str]:
    """The module-level names of a file whose values name several layer classes."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        texts = (inner.value for inner in ast.walk(node.value) if isinstance(inner, ast.Constant))
        if len({text for text in texts if isinstance(text, str) and text in CLASSES}) > 1:
            yield ast.unparse(target)


def found() -> set[str]:
    sources = [path for path in (ROOT / "lstmlint").rglob("*.py") if TRAITS not in path.parents]
    told = {}
    for path in (*sources, *(ROOT / "rules").rglob("*.py")):
        names = " ".join(tables(path))
        if names:
            told[path.relative_to(ROOT).as_posix().removeprefix("lstmlint/")] = names
    return {f"{path}: {names}" for path, names in told.items()}


def test_no_table_tells_traits_of_classes() -> None:
    assert found() == OWN


def test_a_table_of_classes_is_found(tmp_path: Path) -> None:
    path = tmp_path / "rule.py"
    path.write_text('RECURRENT = frozenset({"LSTM", "GRU"})\nONE = "LSTM"\nOTHERS = ["lstm", "gru"]\n')
    assert list(tables(path)) == ["RECURRENT"]
