"""Handles: their parts, read and written, by version.

Sources: the seed pages (``47|My Test Job|``) and observed answers (``j|110|katlyn||``), S and O.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class JobHandle(NamedTuple):
    """The parts of a job handle.

    A submitted job's handle has a ``name`` and no ``instance``; a running or logged job's has an
    ``instance`` and no ``name``. ``company`` is its number; ``log`` the log number of dated
    versions, ``""`` where there is none.
    """

    company: str
    name: str
    instance: str = ""
    log: str = ""

    def text(self, *, dated: bool) -> str:
        """The handle as versions with a dated namespace write it, or as pre-4.0 does."""
        return write_job_handle(*self, dated=dated)


def write_job_handle(
    company: str, name: str, instance: str = "", log: str = "", *, dated: bool
) -> str:
    """``JobHandle(company, name, instance, log).text(dated=dated)``; each submission has one."""
    if dated:
        return f"j|{company}|{name}|{instance}|{log}"
    return f"{company}|{name}|{instance}"


def read_job_handle(text: str) -> JobHandle | None:
    """The parts of ``text``; None if it is no job handle. A bar in the name is part of it."""
    parts = text.split("|")
    if parts[0] == "j":
        if len(parts) < 5:
            return None
        return JobHandle(parts[1], "|".join(parts[2:-2]), parts[-2], parts[-1])
    if len(parts) < 3:
        return None
    return JobHandle(parts[0], "|".join(parts[1:-1]), parts[-1])


def company_number(handle: str) -> str:
    """The number in a company handle of any version: ``47`` and ``c|47`` are the same company."""
    return handle.removeprefix("c|")


# Kind → from which date on its handles have which form; "" is pre-4.0. Sources: the examples of the
# reference (D) and recorded messages (O). Where only one form was seen, it stands for all; of image
# formats none was seen in a dated version, and of CDN invalidations none at all (I).
_FORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "company": (("2008-01-15", "c|{0}"), ("", "{0}")),
    "group": (("2008-01-15", "g|{0}"), ("", "{0}")),
    "project": (("2008-01-15", "p|{0}|{1}"), ("", "{0}|{1}")),
    "folder": (("2009-07-31", "f|{0}"), ("", "{0}")),
    # The asset's number, that of its type, and its number within the type.
    "asset": (("2010-01-31", "a|{0}"), ("2008-01-15", "a|{0}|{1}|{2}"), ("", "{0}|{1}|{2}")),
    "image format": (("", "{0}|{1}"),),
    # The company's number, the asset type in capitals, the field's name.
    "metadata field": (("2008-01-15", "m|{0}|{1}|{2}"), ("", "{0}|{1}|{2}")),
    # Of both one dated form was seen, in 2008-01-15.
    "image map": (("2008-01-15", "a|{0}|8|{0}"), ("", "{0}|8|{0}")),
    "zoom target": (("2008-01-15", "a|{0}|9|{0}"), ("", "{0}|9|{0}")),
    "vignette format": (("", "v|{0}|{1}"),),
    "permission set": (("", "pm|{0}"),),
    "property set type": (("", "pt|{0}"),),
    "property set": (("", "ps|{0}"),),
    "publish context": (("", "pc|{0}"),),
    "invalidation": (("", "{0}"),),
}
_PREFIXES = frozenset(("c", "g", "p", "f", "a", "m", "pt", "ps", "pc", "v", "pm"))


def write_handle(kind: str, date: str, *parts: object) -> str:
    """A handle of a kind, in the form of the version with a date.

    Args:
        kind: such as ``asset``.
        date: of the version's namespace; ``""`` for pre-4.0.
        parts: what identifies it, in the order of the longest form.
    """
    return _form(kind, date).format(*parts)


@lru_cache(maxsize=1024)
def _form(kind: str, date: str) -> str:
    return next(form for since, form in _FORMS[kind] if date >= since)


def handle_parts(handle: str) -> list[str]:
    """What stands between the bars of a handle of any version, without the letters of its kind."""
    parts = handle.strip().split("|")
    return parts[1:] if len(parts) > 1 and parts[0] in _PREFIXES else parts


def handle_number(handle: str) -> int | None:
    """The number that a handle of any version begins with; None if it begins with none."""
    first = handle_parts(handle)[0]
    # No number of ours is longer, and Python reads no more than some thousand digits.
    return int(first) if first.isascii() and first.isdecimal() and len(first) < 20 else None
