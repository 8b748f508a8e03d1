"""What to say where a library of an extra of ours is not installed."""

from __future__ import annotations


def missing(extra: str, error: ImportError) -> ModuleNotFoundError:
    """The error to raise from ``error``; ``extra`` is named like its library."""
    words = f"This needs {extra}: pip install 'ips-contract[{extra}]'"
    return ModuleNotFoundError(words, name=error.name, path=error.path)
