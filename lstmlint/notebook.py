"""The HTML that a notebook shows of objects of the Python API: a model's part of the page, or the figure of a layer.

The HTML of a model that was only loaded says that the model is not judged.
"""

from __future__ import annotations

import hashlib
from functools import singledispatch

from lstmlint.ir.model import Layer, Model
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.report import FileReport, Status
from lstmlint.output.figures.anatomy import anatomy_of
from lstmlint.output.figures.figures import caption, panelled
from lstmlint.output.figures.markup import Markup, element
from lstmlint.output.figures.page_style import page_css
from lstmlint.output.figures.section import section
from lstmlint.output.figures.theme import SCOPE, figure_css
from lstmlint.pipeline import report_on


@singledispatch
def shown(thing: object) -> str | None:
    """The HTML of an object, None for an object whose `repr` says more."""
    return None


@shown.register
def _model(model: Model) -> str:
    report = FileReport(model.document.path, Status.OK)
    return _fragment(section(report, model, _anchor(model, "model"), is_judged=False).content)


@shown.register
def _analysis(analysis: Analysis) -> str:
    report = report_on(analysis, analysis.document.path)
    return _fragment(section(report, analysis.model, _anchor(analysis.model, "analysis")).content)


@shown.register
def _layer(layer: Layer) -> str | None:
    anatomy = anatomy_of(layer)
    if anatomy is None:
        return None
    return _fragment(element("figure", element("figcaption", caption(layer)), panelled(anatomy), class_="card"))


def _anchor(model: Model, kind: str) -> str:
    """The beginning of the ids of a model's parts, different for two models of one notebook."""
    return f"lstmlint-{kind}-{hashlib.sha256(model.document.path.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _fragment(content: Markup) -> str:
    """Markup with its style sheet in one element; the rules of the style sheet hold only there."""
    return element("div", element("style", Markup(figure_css() + page_css(root=False))), content, class_=SCOPE)
