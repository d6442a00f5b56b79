"""A whole page: one file without scripts of others, fonts, pictures or any other thing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from lstmlint.output.figures.markup import Markup, element
from lstmlint.output.figures.theme import SCOPE

#: Signs that would end or break the element around JSON, as JSON escapes them; the page stays well-formed.
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}


def whole_page(title: str, style: str, script: str, *body: Markup) -> str:
    """A page.

    Args:
        title: its title.
        style: its style sheet.
        script: its script, which must hold neither `<` nor `&`, so that the page is well-formed.
        body: all but the script.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("link", rel="icon", href="data:,"),
        element("style", Markup(style)),
    )
    content = element("body", *body, element("script", Markup(script)), class_=SCOPE)
    return f"<!DOCTYPE html>\n{element('html', head, content, lang='en')}\n"


def made_by(remark: str) -> Markup:
    """The foot of a page."""
    from lstmlint.running.version import __version__

    return element("footer", element("p", f"lstmlint {__version__}. {remark}", class_="muted"))


def data_block(name: str, value: Any) -> Markup:
    """Plain data for the script of a page, which reads it as the text of the element of this id.

    Texts from files in it must be made `visible` before; the script may show them as text only.
    """
    text = json.dumps(value, separators=(",", ":")).translate(UNSAFE)
    return element("script", Markup(text), type="application/json", id=name)


def _policy(style: str, script: str) -> str:
    """The policy that forbids to load anything, and allows only this style sheet and this script."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
