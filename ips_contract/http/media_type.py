"""Content-Type, taken apart (RFC 9110, section 8.3)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 1000  # Characters of a header that are looked at; it may be chosen to take long.
_PARAMETER = re.compile(
    r""";[ \t]*([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^';]*)'|([^;"]*))"""
)


class MediaType(NamedTuple):
    """A media type: ``text/xml`` in lower case, and its parameters by name in lower case."""

    kind: str
    parameters: Mapping[str, str]


def media_type(header: str | None) -> MediaType:
    """What the value of a Content-Type says; of no header, the kind ``""``.

    Values are read in double quotes, in single ones (which some clients send) and without; of a
    parameter that stands twice the first counts.
    """
    return _read((header or "")[:_LONGEST])


@lru_cache(maxsize=256)
def _read(header: str) -> MediaType:
    parameters: dict[str, str] = {}
    for name, quoted, single, plain in _PARAMETER.findall(header):
        value = re.sub(r"\\(.)", r"\1", quoted) or single or plain.strip()
        parameters.setdefault(name.lower(), value)
    return MediaType(header.partition(";")[0].strip().lower(), parameters)
