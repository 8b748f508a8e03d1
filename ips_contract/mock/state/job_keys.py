"""What jobs and runs are found by: their names, and the keys that handles lead to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from datetime import tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = len("_2014-04-03-09:30:00.000")


def token(text: str) -> str:
    """A name or a handle without the blanks that do not count by the schema (xs:token)."""
    text = collapse(text)
    return "|".join([part.strip(" ") for part in text.split("|")]) if "|" in text else text


def stamp_of(moment: datetime, zone: tzinfo) -> int:
    """What an instance's name says of ``moment``: the clock on the wall in ``zone``.

    Milliseconds since 1970 had this clock always gone as UTC does.
    """
    if zone is not UTC:
        moment = moment.astimezone(zone).replace(tzinfo=UTC)
    return round(moment.timestamp() * 1e6) // 1000


def instance_name(job: str, stamp: int) -> str:
    """The name of the run with ``stamp`` of the job with the name ``job``."""
    local = _EPOCH + timedelta(milliseconds=stamp)
    text = local.isoformat(timespec="milliseconds")[: _STAMP - 1].replace("T", "-")
    return f"{job}_{text}"


def read_instance_key(key: str) -> tuple[str, int] | None:
    """The key of the job and the stamp of the run whose key this may be; None if it is of none."""
    company, _, rest = key.partition("||")
    text = rest[-_STAMP:]
    try:
        moment = datetime.fromisoformat(f"{text[1:11]}T{text[12:]}")
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None
    return key_of(company, rest[:-_STAMP], ""), stamp_of(moment.replace(tzinfo=UTC), UTC)


def key_of(company: str, name: str, instance: str) -> str:
    """What a job or a run is found by: its handle as pre-4.0 writes it."""
    return f"{company}|{name}|{instance}"


def handle_key(handle: str) -> str:
    """The key in a handle of any version: without ``j|`` and the log number."""
    text = token(handle)
    return text[2:].rpartition("|")[0] if text.startswith("j|") else text
