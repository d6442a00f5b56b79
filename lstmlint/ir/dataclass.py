"""Dataclasses that cost little at the start of the program; to type checkers and readers they are the standard ones.

The standard library compiles the methods of each class when its module is imported, about a millisecond a class, and a
check of one small file imports more than a hundred of them. Here `__init__` is compiled at the first call, the other
methods need no compiler, and `dataclasses` itself is imported only where somebody asks for fields (`fields`, `asdict`,
`dataclasses.replace`), which then come from a standard dataclass of the same fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    from lstmlint.ir.lazy_methods import dataclass, field, replace  # noqa: F401
