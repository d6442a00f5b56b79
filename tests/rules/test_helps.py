"""Every cure that names an argument names one that the class has, by the signatures of real Keras 3.15.

The cures are those of the pages, and those of every finding on the fixtures and, where they lie beside the checkout, on
the cases and the corpus. Each `name=value` in a cure is an argument of the function in whose parentheses it stands, of
what it is set on ("on 'lstm'", "on the layer inside 'both'"), of what the words before it speak of, or, where the cure
names no layer, of the finding's own layer. One that is none of these fails as well.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import keras
import pytest

from lstmlint.analyses.cures import in_code
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.config_schemas import class_versions, keys
from lstmlint.linting.rule import Persona, Rule
from lstmlint.pipeline import analyze, load, model_of
from lstmlint.settings.settings import Settings
from tests.rules.test_guards_training import SERIES, document
from tests.rules.test_rule_guards import layer
from tests.rules.test_rules import RULES, Example, examples
from tests.support.truth import CASE_FOLDERS, CORPUS, FIXTURES

INSIDE = {"class_name": "LSTM", "config": {"name": "in", "units": 4, "return_sequences": True}}
BOTH = layer("Bidirectional", "both", ["x", 0, 0], layer=INSIDE)
LSTM = layer("LSTM", "lstm", ["both", 0, 0], units=4)
LEAKY = layer("LeakyReLU", "leaky", ["lstm", 0, 0])
SOFTMAX = layer("Softmax", "softmax", ["leaky", 0, 0])

#: The files whose findings are read; what is made to bring a reader down is left to other tests.
FOLDERS = (FIXTURES, *CASE_FOLDERS, CORPUS / "files")

#: A named argument in a sentence.
ARGUMENT = re.compile(r"(?<![\w.'\"])(?P<name>[a-z][a-z_0-9]*)=(?=\S)")

#: What stands between an argument and the layer that it is set on: other arguments and a word on the value.
ON_LAYER = re.compile(
    r"=\S+?(?:, \w+=\S+?)*(?:, the default,)? on (?P<layer>the [a-z ]+ inside '[^']+'|cell \d+ inside '[^']+'|'[^']+')"
)

#: A function that is called in a sentence.
CALLED = re.compile(r"(?P<name>[\w.]+)\(")

#: What the words before an argument speak of.
SPOKEN_OF: Mapping[str, Callable[..., Any]] = {
    "give the loss from_logits": keras.losses.BinaryCrossentropy,
    "compile with metrics": keras.Model.compile,
    "load it with compile": keras.models.load_model,
    "save the model with include_optimizer": keras.Model.save,
    "the recurrent layer (return_sequences": keras.layers.LSTM,
    "a GRU with reset_after": keras.layers.GRU,
}

#: Where a function that a cure calls by its last name is found.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "keras.ops.flip": keras.ops.flip,
    "pad_sequences": keras.utils.pad_sequences,
    "model.save": keras.Model.save,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A cure with the model that it is for and the layer on which it is said."""

    rule: str
    help: str
    model: Model
    layer: str


def said_on_pages(rule: Rule, folder: Path) -> Iterator[Said]:
    """The cures in the output of a page's examples; those on fixtures are said of the fixtures."""
    for example in examples(rule):
        if example.config is not None:
            yield from _said_in(example, rule.name, folder)


def _said_in(example: Example, rule: str, folder: Path) -> Iterator[Said]:
    path = folder / "example.json"
    path.write_text(example.config or "", encoding="utf-8")
    model, layer = load(str(path)), ""
    for line in example.output.replace("\\\n", "").splitlines():
        if f"[{rule}]: " in line:
            layer = line.partition(f"[{rule}]: ")[2].partition(": ")[0]
        elif line.startswith("    help: "):
            yield Said(rule, line.removeprefix("    help: "), model, layer)


def said_of_files(folder: Path) -> Iterator[Said]:
    """The cures of every finding on the files in a folder, the pedantic ones included."""
    for path in sorted(folder.rglob("*")):
        try:
            analysis = analyze(str(path), settings=Settings(persona=Persona.PEDANTIC))
        except (NotAModelError, UnreadableError, OSError):
            continue
        for diagnostic in analysis.diagnostics:
            finding = diagnostic.finding
            yield Said(diagnostic.rule, finding.help, analysis.model, finding.location.layer)


def faults(said: Said) -> Iterator[str]:
    """What is wrong with the arguments of a cure: nothing takes them, or nobody can tell what should."""
    for match in ARGUMENT.finditer(said.help):
        takers = list(_takers(said, match))
        if not takers:
            yield f"{said.rule}: nothing is said of what takes {match['name']}: {said.help}"
        elif not any(match["name"] in arguments for arguments in takers):
            yield f"{said.rule}: nothing there takes {match['name']}: {said.help}"


def _takers(said: Said, match: re.Match[str]) -> Iterator[frozenset[str]]:
    """The arguments of each thing that an argument of a cure may be meant for."""
    before = said.help[: match.start()]
    spoken = next((made for words, made in SPOKEN_OF.items() if f"{before}{match['name']}".endswith(words)), None)
    called = _called(before)
    on_layer = ON_LAYER.match(said.help, match.end() - 1)
    if spoken is not None:
        yield parameters(spoken)
    elif called is not None:
        yield parameters(FUNCTIONS.get(called) or getattr(keras.layers, called))
    elif on_layer is not None:
        yield from (arguments(layer) for layer in said.model.all_layers if in_code(layer) == on_layer["layer"])
    elif "'" not in said.help:
        own = [layer for layer in said.model.all_layers if layer.full_name == said.layer]
        yield from (arguments(layer) for outer in own for layer in outer.walk())


def _called(before: str) -> str | None:
    """The function in whose parentheses the end of a text stands."""
    for call in reversed(list(CALLED.finditer(before))):
        inside = before[call.end() :]
        if inside.count("(") >= inside.count(")"):
            return call["name"]
    return None


def arguments(layer: Layer) -> frozenset[str]:
    """The arguments of a layer's class: of Keras 3.15, or of the last Keras that has the class."""
    made = getattr(keras.layers, layer.class_name, None)
    if made is None:
        return frozenset(keys(layer.class_name, class_versions(layer.class_name)[-1:]))
    return parameters(made)


@cache
def parameters(made: Callable[..., Any]) -> frozenset[str]:
    """The named parameters of a function, or of a class and of those that it hands others on to."""
    if not inspect.isclass(made):
        return frozenset(inspect.signature(made).parameters) | PASSED_ON.get(made, frozenset())
    found: set[str] = set()
    for base in made.__mro__[:-1]:
        if "__init__" not in vars(base):
            continue
        signature = inspect.signature(vars(base)["__init__"]).parameters
        found.update(name for name, parameter in signature.items() if parameter.kind is not parameter.VAR_KEYWORD)
        if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in signature.values()):
            break
    return frozenset(found)


#: What functions of Keras take out of their `**kwargs`: `Model.save` for HDF5 (`saving/saving_api.py`, `save_model`).
PASSED_ON: Mapping[Callable[..., Any], frozenset[str]] = {keras.Model.save: frozenset({"include_optimizer"})}


@pytest.mark.parametrize("rule", RULES)
def test_the_cures_of_a_page_name_arguments_that_exist(rule: Rule, tmp_path: Path) -> None:
    assert [fault for said in said_on_pages(rule, tmp_path) for fault in faults(said)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_cures_of_findings_name_arguments_that_exist(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip("the folder does not lie beside this checkout")
    assert sorted({fault for said in said_of_files(folder) for fault in faults(said)}) == []


@pytest.mark.parametrize(
    ("cure", "is_right"),
    [
        ("set activation='tanh' on 'lstm'", True),
        ("set units=3, activation='tanh' on 'lstm'; that is all", True),
        ("set recurrent_initializer='orthogonal', the default, on 'lstm'", True),
        ("set return_sequences=True on the layer inside 'both'", True),
        ("put a Dense(3, activation='softmax') behind 'both'", True),
        ("set unroll=True", True),
        ("set return_sequences=True on 'both'", False),
        ("set activation='softmax' on 'softmax'", False),
        ("set activation='softmax' on 'leaky'", False),
        ("set activation='tanh' on 'not_there'", False),
        ("put Softmax(activation='softmax') behind 'both'", False),
        ("try the_impossible=True", False),
    ],
)
def test_a_wrong_argument_is_found(cure: str, *, is_right: bool) -> None:
    model = model_of(document(SERIES, BOTH, LSTM, LEAKY, SOFTMAX))
    assert (list(faults(Said("rule", cure, model, "lstm"))) == []) is is_right
