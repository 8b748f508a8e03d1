"""``lxml.etree`` without ``inspect``, whose import is a tenth of the way to a first answer.

lxml asks ``inspect`` for one function, which it calls for parser targets only (its
``parsertarget.pxi``); there are none here. While it is imported, a module stands for ``inspect``
that imports the real one as soon as anything is wanted of it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_NAME = "inspect"


class _StandIn(ModuleType):
    """``inspect`` itself, but later: for lxml, and for who imports it in another thread."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # Asked at each import from it: it is no package.
            raise AttributeError(name)
        return getattr(_real(), name)

    @staticmethod
    def getfullargspec(function: Any) -> Any:
        """The arguments that ``function`` takes, as ``inspect`` says."""
        return _real().getfullargspec(function)


def _real() -> Any:
    if isinstance(sys.modules.get(_NAME), _StandIn):
        sys.modules.pop(_NAME, None)
    import inspect

    return inspect


def _load() -> None:
    if "lxml.etree" in sys.modules or _NAME in sys.modules:
        return
    stand_in = sys.modules[_NAME] = _StandIn(_NAME)
    try:
        import lxml.etree  # noqa: F401 # for sys.modules
    finally:
        if sys.modules.get(_NAME) is stand_in:
            sys.modules.pop(_NAME, None)


_load()

from lxml import etree  # noqa: E402 # Now it may be imported.

__all__ = ["etree"]
