"""A zoo made by a script: its shares, what repeats, that it is the same each time, and that its models are sound."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lstmlint.analyses.totals import totals
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.report import FileReport, Status
from lstmlint.pipeline import Job, check, load
from lstmlint.readers.files import InputFile
from tests.make_zoo import Kind, Planned, make, plan
from tests.support.zoo_models import Recipe, content, templates

COUNT = 200


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zoo")
    make(folder, COUNT)
    return folder


def reported(path: Path) -> FileReport:
    return check(Job(InputFile(str(path))))


def test_the_shares_of_suffixes_and_broken_files(zoo: Path) -> None:
    paths = [path for path in zoo.rglob("*") if path.is_file()]
    assert Counter(path.suffix for path in paths) == {".json": 100, ".h5": 70, ".keras": 30}
    unread = {path.relative_to(zoo).as_posix() for path in paths if reported(path).status is not Status.OK}
    assert unread == {planned.path for planned in plan(COUNT) if planned.kind is Kind.BROKEN}
    assert len(unread) == 1


def test_the_files_lie_in_folders_by_topic_and_year(zoo: Path) -> None:
    folders = {path.parent.relative_to(zoo).parts for path in zoo.rglob("*") if path.is_file()}
    assert len({topic for topic, _ in folders}) == 20
    assert {year for _, year in folders} >= {"2017", "2019", "2023", "2026"}


def test_the_same_seed_gives_the_same_bytes_and_times(zoo: Path, tmp_path: Path) -> None:
    make(tmp_path, 40)
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        first = zoo / path.relative_to(tmp_path)
        assert path.read_bytes() == first.read_bytes()
        assert path.stat().st_mtime == first.stat().st_mtime
    assert [one.recipe for one in plan(40, seed=2)] != [one.recipe for one in plan(40)]


def test_hardly_a_model_has_an_error_that_its_template_lacks(zoo: Path, tmp_path: Path) -> None:
    """Widths, names and tensors change together; the few errors are of states that another layer gives."""
    new = [planned for planned in plan(COUNT) if planned.kind is not Kind.BROKEN]
    worse = [planned.path for planned in new if errors(zoo / planned.path) - errors(template(planned, tmp_path))]
    assert len(worse) <= COUNT // 50, worse


def template(planned: Planned, folder: Path) -> Path:
    path = folder / f"{planned.recipe.suffix}-{planned.recipe.number}.{planned.recipe.suffix}"
    path.write_bytes(planned.recipe.template.data)
    return path


def errors(path: Path) -> set[str]:
    return {one.rule for one in reported(path).diagnostics if one.severity is Severity.ERROR}


def named(recipe: Recipe, folder: Path) -> Model:
    path = folder / f"model.{recipe.suffix}"
    path.write_bytes(content(recipe))
    return load(str(path))


def params(model: Model) -> int:
    number = dict(totals(model))["params"]
    assert isinstance(number, int)
    return number


@pytest.mark.parametrize("suffix", ["json", "h5", "keras"])
def test_a_recipe_changes_names_widths_and_values_apart(suffix: str, tmp_path: Path) -> None:
    """The template is a stack of recurrent layers."""
    number = next(at for at, one in enumerate(templates()[suffix]) if one.name == "stacked-lstm")
    plain = Recipe(suffix, number, 1, 0, 1)
    wider, other = named(Recipe(suffix, number, 2, 0, 1), tmp_path), named(Recipe(suffix, number, 1, 1, 1), tmp_path)
    model = named(plain, tmp_path)
    assert [layer.name for layer in wider.layers] == [layer.name for layer in model.layers]
    assert params(wider) > 2 * params(model)
    assert [layer.name for layer in other.layers] != [layer.name for layer in model.layers]
    assert [layer.params for layer in other.layers] == [layer.params for layer in model.layers]
    is_json = suffix == "json"
    assert (content(plain) == content(Recipe(suffix, number, 1, 0, 2))) is is_json
    assert content(plain) == content(plain)
