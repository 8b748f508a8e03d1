"""What messages have in their fields, kept as they come, so that nobody has to read them again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.http.redaction import is_shown_whole, redact_inside
from ips_contract.http.secret_names import is_hidden
from ips_contract.xml.parser import local_name, text_of
from ips_contract.xml.parts import is_utf_8
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from lxml import etree

MOST_TEXT = 2048
"""Characters in the fields of a message, or of its job, that are kept."""
_MOST_FIELDS = 100
_MOST_KNOWN = 256  # Jobs that are told apart.
_MOST_SEEN = 4096  # Jobs of which it is known that one came.


class JobTexts:
    """The fields that stand in a job, and their texts as they came.

    One is made of nearly every submission, so nothing is done with the texts before somebody asks.

    Attributes:
        names: the names of the fields.
    """

    __slots__ = ("_values", "names")

    def __init__(self, names: tuple[str, ...], values: list[str | None]) -> None:
        self.names = names
        self._values = values

    def told(self, name: str) -> str | None:
        """The text of the field called ``name``.

        None: it is blank, as that of a field with fields of its own is, or something in it may be a
        secret; so only the message tells.

        Raises:
            ValueError: there is no such field.
        """
        text = self._values[self.names.index(name)]
        if not text or not text.strip(BLANKS) or _is_hidden(name) or not is_shown_whole(text):
            return None
        return text


_is_hidden = lru_cache(maxsize=256)(is_hidden)  # Asked of ten thousand jobs at once.


class KnownJobs:
    """The texts of jobs as they come. Jobs that are alike have them once: most are."""

    def __init__(self) -> None:
        # By the end of the document, from the first place on that has the job's name. To look for
        # that takes a fourth of the time in which the elements are read.
        self._known: dict[bytes, JobTexts] = {}
        self._seen: set[int] = set()  # Of the ends that came once, which may have secrets.

    def texts_of(self, job: etree._Element, name: str, data: bytes) -> JobTexts | None:
        """The texts in a job; None if they are many or long, or a name is there twice.

        Args:
            job: its element, the last one in its document that holds anything.
            name: the element's local name.
            data: the document.
        """
        end = data[data.find(name.encode()) :] if is_utf_8(data) else b""
        known = self._known.get(end)
        if known is not None:
            return known
        found = _read(job, len(end) or MOST_TEXT + 1)
        if not end:
            return found
        if hash(end) not in self._seen:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen.add(hash(end))
        elif found is not None and _says_all(end):
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[end] = found
        return found


def _read(job: etree._Element, size: int) -> JobTexts | None:
    if len(job) > _MOST_FIELDS:  # Before their names are kept.
        return None
    tags, values = [], []
    for child in job[:]:
        tags.append(child.tag)
        values.append(child.text)
    names = _names(tuple(tags))
    if names is None or (size > MOST_TEXT and sum(map(len, filter(None, values))) > MOST_TEXT):
        return None
    return JobTexts(names, values)


@lru_cache(maxsize=256)
def _names(tags: tuple[str, ...]) -> tuple[str, ...] | None:
    """The local names of ``tags``: those of one client's jobs are the same."""
    names = tuple([tag.rpartition("}")[2] for tag in tags])
    return names if len(set(names)) == len(names) else None


def _says_all(end: bytes) -> bool:
    """Whether the end of a document is all that there is to know of its last element.

    It is not, if it may end a comment that began before it. And it may have no secret in it.
    """
    is_short = len(end) <= _LONGEST_END
    return is_short and not any(mark in end for mark in _MARKS) and redact_inside(end) == end


_LONGEST_END = 1024
_MARKS = (b"-->", b"]]>", b"?>", b"=")


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
