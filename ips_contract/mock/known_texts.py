"""What messages have in their fields, kept as they come, so that nobody has to read them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ips_contract.http.redaction import is_shown_whole, redact_inside
from ips_contract.http.secret_names import is_hidden
from ips_contract.xml.parser import local_name, text_of
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

MOST_TEXT = 2048
"""Characters in the fields of a message, or of its job, that are kept."""
_MOST_FIELDS = 100
_MOST_KNOWN = 256  # Jobs that are told apart.


class JobTexts:
    """The fields that stand in a job, and their texts.

    Attributes:
        texts: field → its text. None: it is blank, as that of a field with fields of its own is, or
            something in it may be a secret; so only the message tells.
        is_whole: whether no text is None.
    """

    __slots__ = ("is_whole", "texts")

    def __init__(self, texts: Mapping[str, str | None]) -> None:
        self.texts = texts
        self.is_whole = None not in texts.values()


class KnownJobs:
    """The texts of the jobs that came last. Jobs that are alike have them once: most are."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], JobTexts] = {}
        # By the end of the document, from the first place on that has the job's name. To look for
        # that takes a third of the time in which the elements are read.
        self._ends: dict[bytes, JobTexts] = {}

    def texts_of(self, job: etree._Element, name: str, data: bytes) -> JobTexts | None:
        """The texts in a job; None if they are long.

        Args:
            job: its element, the last one in its document that holds anything.
            name: the element's local name.
            data: the document, if it is certain to be UTF-8; else none.
        """
        end = data[data.find(name.encode()) :] if data else b""
        found = self._ends.get(end)
        if found is not None:
            return found
        key: list[Any] = []
        for child in job[:]:
            key += (child.tag, child.text)
        found = self._known.get(tuple(key))
        if found is None:
            found = self._made(key)
        if found is not None and found.is_whole and _says_all(end):
            _keep(self._ends, end, found)
        return found

    def _made(self, key: list[Any]) -> JobTexts | None:
        tags, texts = key[::2], key[1::2]
        if sum(len(text) for text in texts if text) > MOST_TEXT or len(tags) > _MOST_FIELDS:
            return None
        names = [tag.rpartition("}")[2] for tag in tags]
        told = [
            text if text is None or (is_shown_whole(text) and not is_hidden(name)) else None
            for name, text in zip(names, texts, strict=True)
        ]
        made = JobTexts(
            {
                name: text if text and text.strip(BLANKS) else None
                for name, text in zip(names, told, strict=True)
            }
        )
        if told == texts:  # No secret is kept here, where nobody would hide it.
            _keep(self._known, tuple(key), made)
        return made


def _says_all(end: bytes) -> bool:
    """Whether the end of a document is all that there is to know of its last element.

    It is not, if it may end a comment that began before it. And it may have no secret in it.
    """
    is_short = 0 < len(end) <= _LONGEST_END
    return is_short and not any(mark in end for mark in _MARKS) and redact_inside(end) == end


_LONGEST_END = 1024
_MARKS = (b"-->", b"]]>", b"?>", b"=")
_Key = TypeVar("_Key")


def _keep(known: dict[_Key, JobTexts], key: _Key, texts: JobTexts) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = texts


def fields_of(message: etree._Element, *, has_job: bool) -> dict[str, str]:
    """The fields of a ``message`` that may be wrong, and their texts.

    There are none if they cannot be told apart as those of a right one can: where a name is there
    twice or is that of a secret.

    Args:
        message: the message.
        has_job: it is a submission: of its fields none but the last one is a job, or has fields.
    """
    fields: dict[str, str] = {}
    if len(message) > _MOST_FIELDS:
        return fields
    left = len(message)
    for child in message[:]:
        name = local_name(child)
        left -= 1
        if name in fields or is_hidden(name):
            return {}
        is_job = name.endswith("Job")
        if has_job and (is_job or len(child)) and (left or not is_job):
            return {}
        fields[name] = "" if len(child) else text_of(child)
    return fields


def is_mixed(job: etree._Element) -> bool:
    """Whether a text stands beside elements in a field of a ``job`` that may be wrong."""
    return any(len(child) and child.text and child.text.strip(BLANKS) for child in job[:])
