"""Job handles: their parts, read and written, by version.

Sources: the seed pages (``47|My Test Job|``) and observed answers (``j|110|katlyn||``), S and O.
"""

from __future__ import annotations

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
