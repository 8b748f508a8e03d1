"""What recorded requests have of what is expected, as far as it is known without reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ips_contract.http.redaction import redact_inside
from ips_contract.mock.differences import SHORT_NAMES, is_same, meets, path_to, plain_value
from ips_contract.mock.record import is_hidden
from ips_contract.xml.parser import Unreadable, parse
from ips_contract.xml.parts import Absent, as_document, has_only_tags, path_in
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    def within(self, content: bytes, path: tuple[str, ...]) -> bool | None:
        """Whether it is as expected, by the content of an element from which ``path`` leads to it.

        None: the message has to be read.
        """
        found = path_in(content, path)
        if isinstance(found, Absent):
            return meets(self.name, None, self.want)
        if found is not None and has_only_tags(found):
            nests = isinstance(self.want, (list, tuple, dict)) and bool(self.want)
            if b"<" in found and not nests:
                return False
            if self.data and self.data not in found and b"&" not in found:
                return False
        # A value beside a key may be a secret by what the key is.
        shown = None if found is None or "value" in path else redact_inside(found)
        if shown is None:
            return None
        try:
            if b"<" not in shown and b"&" not in shown and b"\r" not in shown:
                return meets(self.name, shown.decode(), self.want)
            document = as_document(shown)
            return meets(self.name, plain_value(parse(document, limit=len(document))), self.want)
        except (Unreadable, UnicodeDecodeError):
            return None


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
    the fields are, by the names of all; whether they are as expected, by the bytes that they are
    in.
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
        self._met: dict[tuple[str, tuple[str, ...], object], bool | None] = {}
        self._in_jobs: dict[bytes, tuple[int, tuple[_Look, ...]]] = {}

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
        shape = (version is not None and version.components is None, *fields)
        route = self._routes.get(shape)
        if route is None:
            route = _kept(self._routes, shape, self._route(fields, is_ours=bool(shape[0])))
        least, unclear = route.least, route.unclear
        for look, field, path in route.own:
            is_met = self._is_met(look, exchange, field, path)
            if is_met is None:
                unclear += (look,)
            elif not is_met:
                least += 1
        if least and not whole:
            return least, False
        if route.job:
            content = exchange.content_of(route.job)
            found = None if content is None else self._in_jobs.get(content)
            if found is None:
                found = _in_job(route, content)
                if content is not None:
                    _kept(self._in_jobs, content, found)
            least, unclear = least + found[0], unclear + found[1]
        if not unclear:
            return least, True
        lacking = sum(bool(look.data) and exchange.lacks(look.data) for look in unclear)
        return least + lacking, lacking == len(unclear)

    def _is_met(
        self, look: _Look, exchange: Exchange, field: str, path: tuple[str, ...]
    ) -> bool | None:
        text = None if path else exchange.text_of(field)
        if text is not None and text.strip(BLANKS):  # A field with fields of its own has blanks.
            return meets(look.name, text, look.want)
        content = exchange.content_of(field)
        if content is None:
            return None
        if self._of_jobs and b"<" in content:  # Then it is read as the job.
            return None
        key = (look.name, path, content)
        if key not in self._met:
            _kept(self._met, key, look.within(content, path))
        return self._met[key]

    def _route(self, fields: Iterable[str], *, is_ours: bool) -> _Route:
        """The route in messages that have these fields. There are none if they are to be read."""
        least, own, in_job, unclear = 0, [], [], []
        names = set(fields)
        jobs = [name for name in names if name.endswith("Job")] if self._of_jobs else []
        job = jobs[0] if len(jobs) == 1 and is_ours else ""
        for look in self._looks:
            first, *rest = look.path
            is_met: bool | None = None
            if not names or any(map(is_hidden, look.path)):
                pass
            elif look.name == "job" and self._of_jobs:
                is_met = is_same(job, look.want) if job else None
            elif first in names and not (self._of_jobs and first.endswith("Job")):
                own.append((look, first, tuple(rest)))
                continue
            elif not self._of_jobs:
                is_met = meets(look.name, None, look.want)
            elif job and first != "job":
                in_job.append((look, tuple(rest) if first == "jobFields" else look.path))
                continue
            if is_met is None:
                unclear.append(look)
            else:
                least += not is_met
        return _Route(least, tuple(own), job if in_job else "", tuple(in_job), tuple(unclear))


def _in_job(route: _Route, content: bytes | None) -> tuple[int, tuple[_Look, ...]]:
    """In how many fields of its job a submission differs, and what only reading tells."""
    least, unclear = 0, []
    for look, path in route.in_job:
        is_met = None if content is None else look.within(content, path)
        if is_met is None:
            unclear.append(look)
        else:
            least += not is_met
    return least, tuple(unclear)


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
    return b"" if name == "company" else want.encode()
