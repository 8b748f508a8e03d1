"""What recorded requests have of what is expected, as far as it is known without reading them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ips_contract.http.redaction import redact_inside
from ips_contract.http.secret_names import is_hidden
from ips_contract.mock.differences import SHORT_NAMES, is_same, meets, path_to, plain_value
from ips_contract.xml.parser import Unreadable, parse
from ips_contract.xml.parts import (
    Absent,
    as_document,
    child_of,
    has_only_tags,
    items_in,
    may_be_array,
    path_in,
)
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.mock.known_texts import JobTexts
    from ips_contract.mock.record import Exchange


class _Look(NamedTuple):
    """A field that is expected.

    Attributes:
        name: as it is asked for.
        path: the field of the message that has this name, or the names that lead to it.
        want: what is expected.
        data: a text that has to be in the message then, if its bytes can be looked for; else none.
    """

    name: str
    path: tuple[str, ...]
    want: Any
    data: bytes

    def among(self, texts: JobTexts, path: tuple[str, ...]) -> bool | None:
        """Whether it is as expected, by the texts of a job in which ``path`` leads to it.

        None: they do not tell.
        """
        if not path:
            return self._are(texts)
        if path[0] not in texts.names:
            return meets(self.name, None, self.want)
        text, is_inside = texts.told(path[0]), len(path) > 1
        if text is None:  # It is there.
            return False if self.want is None and not is_inside else None
        return meets(self.name, None if is_inside else text, self.want)

    def _are(self, texts: JobTexts) -> bool | None:
        """``among`` where the whole job is compared."""
        if not texts.names:
            return None
        if not isinstance(self.want, dict) or not self.want:
            return False
        return _all(
            None if _is_untold(texts, name) else is_same(_text_in(texts, name), want)
            for name, want in self.want.items()
        )

    def rest(self, texts: JobTexts, path: tuple[str, ...]) -> tuple[_Look, tuple[str, ...]]:
        """What is left to look at, and the names that lead there, where ``among`` does not tell."""
        if path or not texts.names:
            return self, path
        left = [name for name in self.want if _is_untold(texts, name)]
        if len(left) != 1 or is_hidden(left[0]):
            return self, path
        # The others are as expected.
        path, want = (left[0],), self.want[left[0]]
        return self._replace(path=path, want=want, data=_data(self.name, want)), path

    def inside(self, content: bytes, path: tuple[str, ...]) -> bool | None:
        """``within`` where ``path`` leads on, by the ``content`` of an element."""
        found = path_in(content, path)
        if isinstance(found, Absent):
            return meets(self.name, None, self.want)
        return None if found is None else self.within(found)

    def within(self, found: bytes) -> bool | None:
        """Whether it is as expected, by the bytes that stand in it.

        Args:
            found: the bytes.

        Returns:
            None if the message has to be read.
        """
        # A value beside a key may be a secret by what the key is.
        if "value" in self.path:
            return None
        is_plain = has_only_tags(found)
        if is_plain:
            nests = isinstance(self.want, (list, tuple, dict)) and bool(self.want)
            if b"<" in found and not nests:
                return False
            if self.data and self.data not in found and b"&#" not in found:
                return False
        met = _is_in if is_plain else _is_read
        return met(self.name, found, self.want)


def _text_in(texts: JobTexts, name: str) -> str | None:
    """The text of the field ``name`` of a job, if it is there and told."""
    return texts.told(name) if name in texts.names else None


def _is_untold(texts: JobTexts, name: str) -> bool:
    """Whether only the message tells what is in the field ``name`` of a job."""
    return name in texts.names and texts.told(name) is None


def _is_in(name: str, found: bytes, want: Any) -> bool | None:
    """Whether what stands in an element, in which each < is that of a tag, is as expected."""
    nests = b"<" in found
    if isinstance(want, dict) and want and nests:
        if items_in(found) is not None:
            return False
        return _all(_is_child(found, key, want[key]) for key in want)
    if isinstance(want, (list, tuple)) and want and nests:
        items = items_in(found)
        if items is not None and len(items) != len(want):
            return False
        if items is not None:
            pairs = zip(items, want, strict=True)
            return _all(_is_in("", item, each) for item, each in pairs)
    return _is_read(name, found, want)


def _is_read(name: str, found: bytes, want: Any) -> bool | None:
    """Whether what stands in an element is as expected, by what a parser makes of it."""
    shown = redact_inside(found)
    if shown is None:
        return None
    try:
        if b"<" not in shown and b"\r" not in shown and b"&#" not in shown:
            return meets(name, _unescaped(shown.decode()), want)
        document = as_document(shown)
        return meets(name, plain_value(parse(document, limit=len(document))), want)
    except (Unreadable, UnicodeDecodeError):
        return None


def _is_child(found: bytes, name: str, want: Any) -> bool | None:
    """Whether the child called ``name`` is as expected, by what stands in its parent."""
    if is_hidden(name) or (name == "value" and b"key" in found.lower()) or may_be_array(found):
        return None
    inner = child_of(found, name)
    if isinstance(inner, Absent):
        return is_same(None, want)
    return None if inner is None else _is_in("", inner, want)


def _all(met: Iterable[bool | None]) -> bool | None:
    """Whether all are as expected; None if that is not clear of one, and none is not."""
    found = list(met)
    return False if False in found else None if None in found else True


def _unescaped(text: str) -> str:
    """A text as a parser reads it, where it is written with no references but by name."""
    if "&" not in text:
        return text
    for written, character in _ENTITIES:
        text = text.replace(written, character)
    return text


# The last one ends what stands for the others.
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


class _Route(NamedTuple):
    """Where what is expected stands in messages that have the same fields.

    Attributes:
        least: in how many fields these differ whatever is in them.
        own: what is in a field of the message: the field, and the names that lead on in it.
        job: the field that is a submission's job, if something is expected in that; else none.
        in_job: what is, and the names that lead there.
        unclear: what only reading tells.
    """

    least: int
    own: tuple[tuple[_Look, str, tuple[str, ...]], ...]
    job: str
    in_job: tuple[tuple[_Look, tuple[str, ...]], ...]
    unclear: tuple[_Look, ...]


class Sight:
    """Looks at requests for what is expected, without reading them.

    Requests of one client are alike, so what was found out for one is kept for the others: where
    the fields are, by the names of all; whether they are as expected, by the texts of their jobs
    or the bytes that they are in.
    """

    def __init__(self, expected: dict[str, Any], *, of_jobs: bool) -> None:
        """Prepares to look.

        Args:
            expected: as for ``difference``.
            of_jobs: what is compared is what ``submission`` gives, else ``request_fields``.
        """
        self._of_jobs = of_jobs
        self._looks = [
            _Look(name, path_to(SHORT_NAMES.get(name, name)), want, _data(name, want))
            for name, want in expected.items()
        ]
        self._routes: dict[tuple[object, ...], _Route] = {}
        self._met: dict[tuple[object, ...], bool | None] = {}

    def at(self, exchange: Exchange, *, whole: bool = False) -> tuple[int, bool]:
        """In how many fields a request differs at least, and whether that is all.

        Args:
            exchange: the request.
            whole: whether to go on when it is clear that it differs.
        """
        if not self._looks:
            return 0, True
        fields, version = exchange.open_fields, exchange.version
        # By somebody's WSDL a submission may have other fields with fields.
        shape = (version is None or version.components is None, *fields)
        route = self._routes.get(shape)
        if route is None:
            route = _kept(self._routes, shape, self._route(fields, is_ours=bool(shape[0])))
        least, unclear = route.least, route.unclear
        # What is not known by texts: the field, and the names that lead on in it.
        deep: list[tuple[_Look, str, tuple[str, ...]]] = []
        for look, field, path in route.own:
            text = None if path else exchange.text_of(field)
            # A field with fields of its own has blanks.
            if text is None or not text.strip(BLANKS):
                deep.append((look, field, path))
            elif not meets(look.name, text, look.want):
                least += 1
        if route.in_job:
            texts = exchange.job
            if texts is None:
                deep += [(look, route.job, path) for look, path in route.in_job]
            else:
                for look, path in route.in_job:
                    is_met = look.among(texts, path)
                    if is_met is None:
                        left, rest = look.rest(texts, path)
                        deep.append((left, route.job, rest))
                    else:
                        least += not is_met
        if not deep and not unclear:
            return least, True
        if least and not whole:
            return least, False
        is_clear = True
        for look, field, path in deep:
            is_met = self._is_met(look, exchange, field, path, in_job=field == route.job)
            least += is_met is False
            is_clear &= is_met is not None
        for look in unclear:
            lacks = bool(look.data) and exchange.lacks(look.data)
            least += lacks
            is_clear &= lacks
        return least, is_clear

    def _is_met(
        self, look: _Look, exchange: Exchange, field: str, path: tuple[str, ...], *, in_job: bool
    ) -> bool | None:
        """Whether what ``path`` leads to in a ``field`` is as expected, by the bytes."""
        if look.data and exchange.lacks(look.data):
            return False
        content = None
        if in_job and path and exchange.job is not None:
            # It is known to stand there, so if one has this name it is that one.
            content = exchange.content_of(path[0])
        if content is not None:
            path = path[1:]
        else:
            content = exchange.content_of(field)
            if content is None:
                return None
            if self._of_jobs and not in_job and b"<" in content:  # Then it is read as the job.
                return None
        if len(content) > _LONG:
            return look.inside(content, path)
        key = (look.name, path, content)
        if key not in self._met:
            _kept(self._met, key, look.inside(content, path))
        return self._met[key]

    def _route(self, fields: Iterable[str], *, is_ours: bool) -> _Route:
        """The route in messages that have these fields. There are none if they are to be read."""
        least, own, in_job, unclear = 0, [], [], []
        names = set(fields)
        jobs = [name for name in names if name.endswith("Job")]
        job = jobs[0] if len(jobs) == 1 and is_ours else ""
        has_none = is_ours and not jobs
        for look in self._looks:
            first, *rest = look.path
            is_met: bool | None = None
            if not names or any(map(is_hidden, look.path)):
                pass
            elif look.name == "job" and self._of_jobs:
                is_met = is_same(job or None, look.want) if job or has_none else None
            elif not self._of_jobs and first == job and rest:
                in_job.append((look, tuple(rest)))
                continue
            elif first in names and not (self._of_jobs and first.endswith("Job")):
                own.append((look, first, tuple(rest)))
                continue
            elif not self._of_jobs:
                is_met = meets(look.name, None, look.want)
            elif job and first != "job":
                in_job.append((look, tuple(rest) if first == "jobFields" else look.path))
                continue
            elif has_none and first != "job":
                is_met = meets(look.name, None, look.want)
            if is_met is None:
                unclear.append(look)
            else:
                least += not is_met
        return _Route(least, tuple(own), job, tuple(in_job), tuple(unclear))


_LONG = 2048  # Bytes; what is longer is looked at again, for to know it again takes as long.
_MOST_KNOWN = 256
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


def _kept(known: dict[_Key, _Found], key: _Key, found: _Found) -> _Found:
    """``found``, kept in ``known``, which stays small."""
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = found
    return found


def _data(name: str, want: object) -> bytes:
    """The bytes that a message has to have for ``want`` to be in it; none if they vary."""
    if isinstance(want, dict):
        want = list(want.values())
    if isinstance(want, (list, tuple)):
        return max((_data(name, each) for each in want), key=len, default=b"")
    # What is hidden has stars, and a parser makes others of line ends.
    if not isinstance(want, str) or not want.isascii() or not want.isprintable() or "*" in want:
        return b""
    return b"" if name == "company" else max(_MAY_BE_ENTITIES.split(want), key=len).encode()


_MAY_BE_ENTITIES = re.compile("[&<>\"']")
