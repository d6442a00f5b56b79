"""A browser for the tests of pages."""

from __future__ import annotations

from tests.support.seen import browser, seen

__all__ = ["browser", "seen"]
