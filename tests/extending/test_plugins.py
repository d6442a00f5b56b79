"""Rules and layers of other installed packages, in a process of their own as a user has them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.truth import ROOT

RULE = '''"""A model has no name that a reader would understand.

## Why it matters
"""

from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.linting.rule import rule


@rule(Severity.WARNING)
def check(model, options):
    if model.name == "sequential":
        yield Finding(Location(""), "the model is called sequential", "name it for what it does")
'''

LAYER = """from lstmlint.inference.layers.call import Signature, Weight, layer


@layer("Decoder")
def decoder(call):
    batch, steps, features = call.dims(3)
    units = call.positive("units")
    return Signature((batch, steps, units), (Weight("kernel", (features, units)),))
"""

MODEL = {
    "class_name": "Sequential",
    "keras_version": "2.15.0",
    "config": {
        "name": "sequential",
        "layers": [
            {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 7, 3]}},
            {"class_name": "Decoder", "config": {"name": "decoder", "units": 5}},
        ],
    },
}


def installed(folder: Path, files: dict[str, str], entry_points: str) -> None:
    """A package as pip leaves it: modules, and a folder of metadata with entry points."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    metadata = folder / "acme_lint-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-lint\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(entry_points, encoding="utf-8")


def zipped(folder: Path) -> Path:
    """What lies in a folder as an archive, from which Python imports as well."""
    return Path(shutil.make_archive(str(folder), "zip", folder))


def lstmlint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "lstmlint", *arguments],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_rules_and_layers_of_a_package(tmp_path: Path) -> None:
    files = {
        "acme_lint/__init__.py": "",
        "acme_lint/layers.py": LAYER,
        "acme_lint/rules/__init__.py": "",
        "acme_lint/rules/naming/__init__.py": "",
        "acme_lint/rules/naming/nameless_model.py": RULE,
    }
    points = "[lstmlint.rules]\nacme = acme_lint.rules\n[lstmlint.layers]\nacme = acme_lint.layers\n"
    installed(tmp_path / "site", files, points)
    model = tmp_path / "model.json"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    checked = lstmlint(tmp_path / "site", "check", "--isolated", str(model))
    assert checked.returncode == 1, checked.stderr
    assert "warning[nameless-model]: the model is called sequential" in checked.stdout
    assert "naming" in lstmlint(tmp_path / "site", "rules").stdout
    summary = json.loads(lstmlint(tmp_path / "site", "summary", "--format", "json", str(model)).stdout)
    assert summary["totals"]["params"] == 3 * 5
    ignored = lstmlint(tmp_path / "site", "check", "--isolated", "--ignore", "naming", str(model))
    assert ignored.returncode == 0


def test_a_rule_of_a_package_in_an_archive(tmp_path: Path) -> None:
    """An archive is not searched, so whatever lies in it is asked for."""
    installed(tmp_path / "site", {"nameless_model.py": RULE}, "[lstmlint.rules]\nacme = nameless_model\n")
    assert "nameless-model" in lstmlint(zipped(tmp_path / "site"), "rules").stdout


def test_packages_that_name_no_group_of_ours_are_not_parsed(tmp_path: Path) -> None:
    """The metadata of all installed packages take longer to parse than a small file to check."""
    program = "import sys; from lstmlint.linting.rule import rules; rules(); print('importlib.metadata' in sys.modules)"
    for group, is_parsed in (("console_scripts", False), ("lstmlint.rules", True)):
        site = tmp_path / group
        installed(site, {"nameless_model.py": RULE}, f"[{group}]\nacme = nameless_model\n")
        path = os.pathsep.join([str(site), str(ROOT)])
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
        )
        assert done.stdout == f"{is_parsed}\n", done.stderr


def test_a_broken_plugin_is_one_clear_message_and_the_rest_is_reported(tmp_path: Path) -> None:
    installed(
        tmp_path / "site", {"acme_lint.py": "import nothing_of_this_name\n"}, "[lstmlint.rules]\nacme = acme_lint\n"
    )
    model = tmp_path / "model.json"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    checked = lstmlint(tmp_path / "site", "check", "--isolated", str(model))
    assert checked.returncode == 2
    assert checked.stderr == (
        "lstmlint: error: the plug-in 'acme' of acme-lint (acme_lint) cannot be loaded: "
        "ModuleNotFoundError: No module named 'nothing_of_this_name'; mend or uninstall it\n"
    )
    assert "in 1 model" in checked.stdout


def test_no_plugin_replaces_a_rule(tmp_path: Path) -> None:
    installed(tmp_path / "site", {"non_positive_dim.py": RULE}, "[lstmlint.rules]\nacme = non_positive_dim\n")
    model = tmp_path / "model.json"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    checked = lstmlint(tmp_path / "site", "check", "--isolated", str(model))
    assert checked.returncode == 2
    assert "declares non-positive-dim, which exists already; rename it there" in checked.stderr


def test_nothing_in_the_checked_tree_is_executed(tmp_path: Path) -> None:
    """A package beside a model is no plug-in: only what is installed is."""
    tree = tmp_path / "tree"
    installed(tree, {"acme_lint.py": "raise SystemExit('executed')\n"}, "[lstmlint.rules]\nacme = acme_lint\n")
    model = tree / "model.json"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    checked = lstmlint(tmp_path / "elsewhere", "check", str(tree))
    assert "executed" not in checked.stdout + checked.stderr
    assert checked.returncode == 0
