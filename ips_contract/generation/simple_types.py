"""Bytes → the text of a valid value, by simple type.

What a type takes is read from its row: candidates are held to ``values.problems`` when a type
is first met, so that a new constant, bound or pattern needs no edit here. Only a type whose
pattern or check is about the form of a text has a maker of its own, in ``MAKERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES
from ips_contract.contract.model import SimpleType, contract, simple_type
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.values import never, problems
from ips_contract.generation.cron_expressions import SCHEDULE_WIDTH, schedule
from ips_contract.generation.handles import HANDLE_TYPES, HANDLE_WIDTH, handle, handle_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.contract.versions import Version

FreeText = Callable[[], str]
Decode = Callable[[bytes, int, FreeText], str]


class Mode(NamedTuple):
    """What is drawn: messages with ``warnings`` or without any finding; requests or answers."""

    warnings: bool = False
    request: bool = True


class ValuePlan(NamedTuple):
    """How a value is drawn: from ``width`` bytes at a place, by ``decode``."""

    width: int
    decode: Decode


# The simplest first: what shrinks goes down this list.
TEXTS = (
    *("0" * length for length in range(6)),
    *("a", "My Test Job", "None", "convert", "user@example.com", "/path/to file", "C:\\x", "%s"),
    *(
        "A & B",
        "<b>",
        "]]>",
        "&amp;",
        "&#13;",
        "<!-- -->",
        "\"'",
        "a|b",
        "a,b;c",
        "🎈",
        "é",
        "Straße",
    ),
    *(
        "日本語",
        "e\u0301",
        "\u202eabc",
        "\ufeff",
        "\u00a0",
        "\u0085",
        "\u2028",
        "\U0010fffd",
        " ",
        "  ",
    ),
    *(
        "\t",
        "\n",
        "\r",
        "\r\n",
        " lead",
        "trail ",
        "a\nb",
        "a\r\nb",
        "\ta  b\r",
        "x" * 64,
        "é" * 99,
    ),
    *("\u4e2d" * 99, "long " * 60),
)
_FREE_FROM = 224  # Bytes from here on stand for any text.
# Around values whose white space collapses; mostly none.
_PADS = (*[("", "")] * 29, (" ", ""), ("\n\t", "  "), ("", "\r\n"))
_URLS = (
    *("a:b", "http://a", "https://example.com/a.jpg", "ftp://user@host/x.tif", "s3://bucket/é"),
    *("HTTPS://EXAMPLE.COM/?a=1&b=<2>", "file:///C:/x%20y.psd", "http://[::1]:8080/#f", "urn:x:y"),
    *(" https://example.com/", "https://example.com/\n", "h+t.t-p0://日本/" + "p/" * 60),
)
_BASE64 = ("AAAA", "", "QQ==", "QUI=", "AAECAwQF/+8=", "QUJD REVG", " AAAA\n")
_ODD_HANDLES = ("x", "c|", "|", "47", "c|47", "j|1|a", "pc|x", "a|b|c|d|e|f")
_ODD = (*TEXTS, *_ODD_HANDLES, "xx", "xx-YY", "en-XX", "daily", "* *", "/a.jpg", "a.jpg")

_LANGUAGES = tuple(sorted(LANGUAGES, key=lambda code: (code != "en", code)))
_COUNTRIES = tuple(sorted(COUNTRIES, key=lambda code: (code != "US", code)))

_ZONES = ("Z", "+00:00", "-08:00", "+05:30", "-00:00", "+14:00", "-14:00", "+13:59")
_MOMENTS = (
    *("1970-01-01T00:00:00", "2000-02-29T00:00:00", "2012-02-29T24:00:00", "1900-02-28T23:59:59"),
    *("0001-01-01T00:00:00", "9999-12-31T23:59:59.999", "12024-02-29T12:00:00"),
    *("2014-12-31T24:00:00.000", "2011-03-30T14:32:08.834", "1969-12-31T23:59:59.999999999"),
)
_FIRST_DAY = date(2000, 1, 1).toordinal()
_LAST_DAY = date(9999, 12, 31).toordinal()

_BOUNDS = {"xs:int": (-(2**31), 2**31 - 1), "xs:long": (-(2**63), 2**63 - 1)}
_SPELLED = ("+7", "-0", "007", "+0", "00", " 1 ", "\n1\t")
_DOUBLES = (
    *("0.5", "0.25", "72.0", "1e-3", ".5", "1.", "1E0", "-0", "-0.0", "+1", "0.1e1", "0.999999999"),
    *("1e-300", "4.9e-324", "1.7976931348623157e308", "-1e10", "INF", "-INF", "NaN", " 0.5\n"),
)
_BOOLEANS = ("true", "false", "1", "0", " true ", "\nfalse\t", "1 ")


def accepts(rule: str, mode: Mode) -> bool:
    """Whether messages of ``mode`` may fall under ``rule`` and stay what they should be."""
    row = RULES[rule]
    return row.severity == WARNING and (mode.warnings or (row.request_only and not mode.request))


def fits(kind: SimpleType, text: str, mode: Mode) -> bool:
    """Whether ``text`` is a value of ``kind`` in messages of ``mode``."""
    # xmlschema takes all of Unicode's white space for XML's, and would find these empty.
    if kind.base == "xs:token" and text and not text.strip():
        return False
    return all(accepts(rule, mode) for rule, _ in problems(kind, text, never))


@lru_cache(maxsize=4096)
def value_plan(version: Version, name: str, mode: Mode, handle_of: str = "") -> ValuePlan:
    """How values of the simple type ``name`` are drawn; ``handle_of``: see ``handles``.

    Raises:
        NotImplementedError: the type has a pattern or a check that nothing here can follow.
    """
    kind = simple_type(contract(version), name)
    assert kind is not None
    if kind.base in _BASES:
        return _BASES[kind.base](kind, mode)
    constants = [f.value for f in kind.facets if f.kind == "enumeration"]
    form = handle_form(version, HANDLE_TYPES.get(name, handle_of))
    if constants:
        made = _pool([text for text in constants if fits(kind, text, mode)])
    elif form:
        made = _handle(form)
    elif name in MAKERS:
        made = MAKERS[name](kind, mode)
    elif kind.check is None and not any(facet.kind == "pattern" for facet in kind.facets):
        made = _text(kind, mode, lambda text: text)
    else:
        raise NotImplementedError(f"{name} has a pattern or a check; give it a row in MAKERS")
    odd = [text for text in _ODD if fits(kind, text, mode) and not fits(kind, text, Mode())]
    return _mixed(made, odd) if mode.warnings and odd else made


def _pool(texts: Iterable[str]) -> ValuePlan:
    found = tuple(texts)
    size = len(found)
    assert 0 < size <= 256, "one byte chooses the value"
    return ValuePlan(1, lambda data, at, _: found[data[at] % size])


def _mixed(made: ValuePlan, odd: list[str]) -> ValuePlan:
    """Values of ``made`` and, more seldom, odd ones."""
    width, decode = made
    size = len(odd)

    def decode_mixed(data: bytes, at: int, free: FreeText) -> str:
        byte = data[at + width]
        return odd[byte % size] if byte >= 192 else decode(data, at, free)

    return ValuePlan(width + 1, decode_mixed)


def _text(kind: SimpleType, mode: Mode, repair: Callable[[str], str]) -> ValuePlan:
    """Any text, after ``repair`` made it a value; ``minLength`` is seen to here."""
    least = next((text for text in ("", "0", "0" * 9, "0" * 99) if fits(kind, text, mode)), None)
    assert least is not None, f"no text is a value of {kind.name}"
    texts = [text for text in TEXTS if fits(kind, text, mode)]
    size = len(texts)
    base = kind.base

    def decode(data: bytes, at: int, free: FreeText) -> str:
        byte = data[at]
        if byte < _FREE_FROM:
            return texts[byte % size]
        text = repair(free())
        value = text if base == "xs:string" else text.strip()
        return text if len(value) >= len(least) else least

    return ValuePlan(1, decode)


def _handle(form: str) -> ValuePlan:
    def decode(data: bytes, at: int, _: FreeText) -> str:
        before, after = _PADS[data[at + HANDLE_WIDTH] % len(_PADS)]
        return before + handle(form, data[at : at + HANDLE_WIDTH]) + after

    return ValuePlan(HANDLE_WIDTH + 1, decode)


def _job_name(kind: SimpleType, mode: Mode) -> ValuePlan:
    barred = fits(kind, "|", mode)
    return _text(kind, mode, lambda text: text if barred else text.replace("|", "/"))


def _locale(_kind: SimpleType, _mode: Mode) -> ValuePlan:
    def decode(data: bytes, at: int, _: FreeText) -> str:
        language, country = _LANGUAGES[data[at] % len(_LANGUAGES)], data[at + 1]
        # Even and odd: each country, and none, from one byte.
        return (
            f"{language}-{_COUNTRIES[data[at + 2] % len(_COUNTRIES)]}" if country & 1 else language
        )

    return ValuePlan(3, decode)


def _source_url(_kind: SimpleType, _mode: Mode) -> ValuePlan:
    def decode(data: bytes, at: int, free: FreeText) -> str:
        byte = data[at]
        if byte < _FREE_FROM:
            return _URLS[byte % len(_URLS)]
        return "http://a/" + free()

    return ValuePlan(1, decode)


def _schedule(_kind: SimpleType, _mode: Mode) -> ValuePlan:
    return ValuePlan(SCHEDULE_WIDTH, lambda data, at, _: schedule(data[at : at + SCHEDULE_WIDTH]))


def _date_time(kind: SimpleType, mode: Mode) -> ValuePlan:
    moments = tuple(text for text in _MOMENTS if fits(kind, text + "Z", mode))
    zones = (*_ZONES, *["", ""]) if fits(kind, moments[0], mode) else _ZONES

    def decode(data: bytes, at: int, _: FreeText) -> str:
        kind_byte, zone, fraction, pad = data[at : at + 4]
        if kind_byte < 192:
            number = int.from_bytes(data[at + 4 : at + 10])
            day, second = divmod(number, 86400)
            # On from 2000; the years before follow the year 9999.
            day = (_FIRST_DAY - 1 + day) % _LAST_DAY + 1
            minutes, seconds = divmod(second, 60)
            text = f"{date.fromordinal(day)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
            if fraction >= 128:
                text += f".{fraction}"
        else:
            text = moments[kind_byte % len(moments)]
        before, after = _PADS[pad % len(_PADS)]
        return before + text + zones[zone % len(zones)] + after

    return ValuePlan(10, decode)


def _limits(kind: SimpleType, mode: Mode) -> tuple[float | None, float | None]:
    bounds = {
        facet.kind: float(facet.value)
        for facet in kind.facets
        if "clusive" in facet.kind and not accepts(facet.rule, mode)
    }
    return bounds.get("minInclusive"), bounds.get("maxInclusive")


def _candidates(kind: SimpleType, mode: Mode, texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in dict.fromkeys(texts) if fits(kind, text, mode))


def _integer(kind: SimpleType, mode: Mode) -> ValuePlan:
    low, high = _BOUNDS[kind.base]
    least, most = _limits(kind, mode)
    low, high = low if least is None else int(least), high if most is None else int(most)
    edges = [low, high, low + 1, high - 1, -1, 1]
    edges += [sign * base**power for base in (2, 10) for power in range(64) for sign in (1, -1)]
    small = _candidates(kind, mode, map(str, range(128)))
    special = _candidates(kind, mode, (*map(str, edges[:6]), *_SPELLED, *map(str, edges)))
    first = min(13, len(special))
    width = 9 if high - low >= 2**32 else 5
    span = high - low + 1

    def decode(data: bytes, at: int, _: FreeText) -> str:
        form = data[at]
        if form < 96:
            return small[data[at + 1] % len(small)]
        if form < 192:
            # Half of these are among the first: the bounds, and other spellings.
            index = data[at + 1]
            return special[index % (first if index & 1 else len(special))]
        return str(low + int.from_bytes(data[at + 1 : at + width]) % span)

    return ValuePlan(width, decode)


def _double(kind: SimpleType, mode: Mode) -> ValuePlan:
    least, most = _limits(kind, mode)
    low, high = -1e9 if least is None else least, 1e9 if most is None else most
    edges = [repr(edge) for edge in (low, high, (low + high) / 2, low + 1e-9, high - 1e-9)]
    small = _candidates(kind, mode, map(str, range(128)))
    special = _candidates(kind, mode, (*edges, *_DOUBLES, *_SPELLED))

    def decode(data: bytes, at: int, _: FreeText) -> str:
        form = data[at]
        if form < 64:
            return small[data[at + 1] % len(small)]
        if form < 192:
            return special[data[at + 1] % len(special)]
        return repr(low + (high - low) * int.from_bytes(data[at + 1 : at + 5]) / 2**32)

    return ValuePlan(5, decode)


def _base64(kind: SimpleType, mode: Mode) -> ValuePlan:
    return _pool(_candidates(kind, mode, _BASE64))


def _boolean(kind: SimpleType, mode: Mode) -> ValuePlan:
    return _pool(_candidates(kind, mode, _BOOLEANS))


# Built-in type → maker, for types that are no texts.
_BASES: dict[str, Callable[[SimpleType, Mode], ValuePlan]] = {
    "xs:boolean": _boolean,
    "xs:int": _integer,
    "xs:long": _integer,
    "xs:double": _double,
    "xs:float": _double,
    "xs:base64Binary": _base64,
    "xs:dateTime": _date_time,
}
# Simple type whose texts have a form → maker.
MAKERS: dict[str, Callable[[SimpleType, Mode], ValuePlan]] = {
    "JobName": _job_name,
    "Locale": _locale,
    "HeaderLocale": _locale,
    "Schedule": _schedule,
    "SourceUrl": _source_url,
}
