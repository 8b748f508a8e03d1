"""Whether a text is a value of a type: XSD built-ins, facets, and the checks beyond XSD."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.cron import RangeError, ShapeError, parse
from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES
from ips_contract.xml.text import BLANKS, collapse, list_of, near, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.contract.model import Facet, SimpleType

    Problem = tuple[str, str]  # rule id, message

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DATE_TIME = re.compile(
    r"(-?)([0-9]{4,9})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"(Z|[+-]([0-9]{2}):([0-9]{2}))?"
)
# XSD 1.0 part 2, section 3.2.16; white space is collapsed before.
_BASE64 = re.compile(
    r"(?:(?:[A-Za-z0-9+/] ?){4})*"
    r"(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]"
    r"|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?="
    r"|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?"
)
_BOUNDS = {"xs:int": 2**31, "xs:long": 2**63}


def _integer(text: str, bound: int) -> bool:
    if not _INTEGER.fullmatch(text):
        return False
    digits = text.lstrip("+-0") or "0"
    if len(digits) > len(str(bound)):  # Python refuses to convert some thousands.
        return False
    return -bound <= (-int(digits) if text[0] == "-" else int(digits)) < bound


def _date_time(text: str) -> bool:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return False
    _, digits, *numbers = match.groups()[:7]
    month, day, hour, minute, second = map(int, numbers)
    if not digits.strip("0") or (len(digits) > 4 and digits[0] == "0"):
        return False  # XSD 1.0 has no year 0 and no padded long years.
    if not 1 <= month <= 12:
        return False
    year = int(digits[-4:])  # The calendar repeats every 400 years, and so every 10,000.
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= (29 if month == 2 and leap else _DAYS[month - 1]):
        return False
    midnight = hour == 24 and minute == second == 0 and not (match[8] or "").strip(".0")
    if not (midnight or (hour < 24 and minute < 60 and second < 60)):
        return False
    if match[10] is None:
        return True
    offset_hours, offset_minutes = int(match[10]), int(match[11])
    return offset_minutes < 60 and offset_hours * 60 + offset_minutes <= 14 * 60


# Built-in type → (predicate, what it takes in words).
BUILT_INS: dict[str, tuple[Callable[[str], bool], str]] = {
    "xs:boolean": (("true", "false", "1", "0").__contains__, "true or false"),
    "xs:int": (lambda text: _integer(text, _BOUNDS["xs:int"]), "a whole number of 32 bits"),
    "xs:long": (lambda text: _integer(text, _BOUNDS["xs:long"]), "a whole number of 64 bits"),
    "xs:double": (lambda text: bool(_DOUBLE.fullmatch(text)), "a number such as 0.5"),
    "xs:float": (lambda text: bool(_DOUBLE.fullmatch(text)), "a number such as 0.5"),
    "xs:base64Binary": (lambda text: bool(_BASE64.fullmatch(text)), "Base64 such as AAAA"),
    "xs:dateTime": (_date_time, "a date and time such as 2014-04-03T09:30:00Z"),
}


_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "off"), "false"),
}
# What date and time often have instead of what they need → what to do.
_DATE_TIME_HINTS = (
    (r"[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}.*", "Write the date as year-month-day."),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "Add the time."),
    (r".*[0-9] [0-9].*", "Put T between the date and the time."),
    (r".*T.*[+-][0-9]{4}", "Put a colon into the offset, as in -08:00."),
    (r".*T.*[+-][0-9]{2}", "Write the offset with its minutes, as in -08:00."),
    (r".*T[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?", "Add the seconds."),
    (r"[0-9]+", "A number of seconds or milliseconds is not taken."),
)


def _hint(base: str, value: str) -> str:
    """What to do about ``value``, which is none of the type ``base``; starts with a space."""
    if base == "xs:boolean":
        meant = _BOOLEANS.get(value.lower())
        return f" Write {meant}." if meant else ""
    if base != "xs:dateTime" or len(value) > 60:
        return ""
    match = _DATE_TIME.fullmatch(value)
    if match is None:
        return next(
            (f" {hint}" for form, hint in _DATE_TIME_HINTS if re.fullmatch(form, value)), ""
        )
    if match[10] is not None and _date_time(value.removesuffix(match[9])):
        return " No time zone is so far from UTC."
    return " No calendar has this day, or no clock this time."


def _always() -> bool:
    return True


def never() -> bool:
    """For ``may_guess``, where nobody reads the words."""
    return False


def problems(kind: SimpleType, text: str, may_guess: Callable[[], bool] = _always) -> list[Problem]:
    """What is wrong with ``text`` as a value of ``kind``: rule ids and messages.

    Args:
        kind: the type.
        text: the text of an element.
        may_guess: asked before it is guessed which constant was meant, which takes time.
    """
    value = text if kind.base == "xs:string" else collapse(text)
    built_in = BUILT_INS.get(kind.base)
    if built_in is not None and not built_in[0](value):
        words = f"{quoted(text)} is not {built_in[1]}.{_hint(kind.base, value)}"
        return [("wrong-type", words)]
    found = _facet_problems(kind, value, may_guess) if kind.facets else []
    if kind.check is not None and not found:
        return list(CHECKS[kind.check](value))
    return found


def _facet_problems(kind: SimpleType, value: str, may_guess: Callable[[], bool]) -> list[Problem]:
    problems: list[Problem] = []
    constants = _constants(kind.facets)
    if constants is not None:
        found = constants.rules.get(value)
        if found is None:
            guess = near(value.strip(BLANKS), constants.documented) if may_guess() else None
            hint = f" Write {guess}." if guess else ""
            rule = kind.open or "constant"
            if kind.case is not None and value.casefold() in constants.folded:
                rule = kind.case
            problems.append((rule, f"{quoted(value)} is not one of {constants.shown}.{hint}"))
        elif found != "constant":
            words = f"{quoted(value)} is accepted, but documented are {constants.shown}."
            problems.append((found, words))
    for facet in kind.facets:
        check = _FACET_CHECKS.get(facet.kind)
        if check is None or check(value, facet.value) or _takes_another(kind, facet, value):
            continue
        problems.append((facet.rule, _facet_message(kind, facet.kind, value)))
        break  # What is empty or out of range need not be judged further.
    return problems


class _Constants(NamedTuple):
    """The constants of a type.

    ``rules``: each and the rule of its facet; ``documented``: those that are, ``folded`` in small
    letters and ``shown`` in words.
    """

    rules: dict[str, str]
    documented: tuple[str, ...]
    folded: frozenset[str]
    shown: str


@lru_cache(maxsize=256)  # Arrays have thousands of values of one type.
def _constants(facets: tuple[Facet, ...]) -> _Constants | None:
    """The constants among facets; None: there are none."""
    rules: dict[str, str] = {}
    for facet in facets:
        if facet.kind == "enumeration":
            rules.setdefault(facet.value, facet.rule)
    if not rules:
        return None
    documented = tuple(
        facet.value for facet in facets if facet.kind == "enumeration" and facet.rule == "constant"
    )
    folded = frozenset(map(str.casefold, documented))
    return _Constants(rules, documented, folded, _shown(documented))


def _takes_another(kind: SimpleType, facet: Facet, value: str) -> bool:
    """Whether ``value`` keeps to one that says the same as ``facet`` otherwise.

    Patterns of one restriction are alternatives (XSD 1.0 part 2, section 4.3.4): between versions
    there are those of both.
    """
    check = _FACET_CHECKS[facet.kind]
    for other in kind.facets:
        if other is facet or other.kind != facet.kind or other.rule != facet.rule:
            continue
        if check(value, other.value):
            return True
    return False


_MOST_SHOWN = 12  # Constants of a list that a message names.


def _shown(constants: tuple[str, ...]) -> str:
    """The constants of a list in words; of a long one the first and their number."""
    names = [name for name in constants if name]
    if len(names) <= _MOST_SHOWN:
        return list_of(names)
    return f"the {len(names)} documented constants, such as {list_of(names[:3])}"


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


# NaN compares as False with every bound, as XSD wants it.
_FACET_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "pattern": lambda value, facet: _pattern(facet).fullmatch(value) is not None,
    "minLength": lambda value, facet: len(value) >= int(facet),
    "minInclusive": lambda value, facet: float(value) >= float(facet),
    "maxInclusive": lambda value, facet: float(value) <= float(facet),
}

_LOCALE = "a locale: ll or ll-CC, such as en or en-US"
_FORMS = {
    "CompanyHandle": "a company handle (47 before 4.0, c|47 since)",
    "AnswerCompanyHandle": "a company handle (47 before 4.0, c|47 since)",
    "UserHandle": "a user handle (number|e-mail address)",
    "ContextHandle": "a publish context handle (pc|number)",
    "JobHandle": "a job handle (47|My Test Job| before 4.0, j|47|My Test Job|| since)",
    "HeaderLocale": _LOCALE,
    "Locale": _LOCALE,
}


def _facet_message(kind: SimpleType, facet: str, value: str) -> str:
    if facet == "minLength":
        return "is empty or blank; give it a value."
    if facet != "pattern" or kind.base == "xs:double":  # The pattern leaves NaN out.
        limits = {f.kind: f.value for f in kind.facets}
        low, high = limits.get("minInclusive"), limits.get("maxInclusive")
        allowed = f"from {low} to {high}" if high is not None else f"not below {low}"
        allowed = f"not above {high}" if low is None else allowed
        return f"{quoted(value)} is out of range; give a number {allowed}."
    if kind.name == "ZonedDateTime":
        return f"{quoted(value)} has no time zone; end it with Z or an offset such as -08:00."
    if kind.name == "JobName":
        return f"{quoted(value)} has a bar, which separates the parts of a job handle; avoid it."
    return f"{quoted(value)} does not look like {_FORMS[kind.name.removeprefix('Optional')]}."


def _locale_code(value: str) -> Iterator[Problem]:
    language, _, country = value.partition("-")
    if language not in LANGUAGES:
        yield "locale-code", f"{quoted(language)} is no language code of ISO 639-1."
    if country and country not in COUNTRIES:
        yield "locale-code", f"{quoted(country)} is no country code of ISO 3166-1."


def _schedule(value: str) -> Iterator[Problem]:
    try:
        parse(value)
    except ShapeError as error:
        yield "schedule-form", f"{quoted(value)} may not run as written: {error}."
    except RangeError as error:
        yield "schedule", f"{quoted(value)} never runs as written: {error}."


_URL = re.compile(rf"[{BLANKS}]*[A-Za-z][A-Za-z0-9+.\-]*:[^{BLANKS}]")


def _absolute_url(value: str) -> Iterator[Problem]:
    if not _URL.match(value):
        yield (
            "absolute-url",
            f"{quoted(value)} is no absolute URL; start it with a scheme, such as https://.",
        )


# The checks that ips.xsd names in f:check on simple types.
CHECKS: dict[str, Callable[[str], Iterator[Problem]]] = {
    "locale-code": _locale_code,
    "schedule": _schedule,
    "absolute-url": _absolute_url,
}


def _anything(_text: str) -> bool:
    return True


WEB_SCHEMES = ("https://", "http://")  # What starts so is an absolute URL for certain.


def _is_web_url(text: str) -> bool:
    return text.startswith(WEB_SCHEMES)


def _facet_predicate(kind: SimpleType) -> Callable[[str], object]:
    """A predicate for texts that keep to all patterns of ``kind`` and to its least length."""
    rules: dict[str, list[str]] = {}
    for facet in kind.facets:
        if facet.kind == "pattern":
            rules.setdefault(facet.rule, []).append(facet.value)
    least = max((int(f.value) for f in kind.facets if f.kind == "minLength"), default=0)
    # Those of one rule are alternatives; of each rule one must match.
    one_of_each = "".join(f"(?=(?:{'|'.join(patterns)})\\Z)" for patterns in rules.values())
    matches = re.compile(f"{one_of_each}(?s:.{{{least},}})").match
    if kind.base == "xs:string":
        return matches
    return lambda text: matches(collapse(text))


def quick_accept(kind: SimpleType) -> Callable[[str], object] | None:
    """A predicate that is true only for texts without ``problems``; None if there is no quick one.

    The walk asks it of every value, and ``problems`` only about those it does not accept.
    """
    if kind.check == "absolute-url":
        return _is_web_url
    if kind.check is not None:
        return None
    if not kind.facets:
        if kind.base == "xs:string":
            return _anything
        # What is a value without its white space collapsed is one with it collapsed, too.
        return BUILT_INS[kind.base][0] if kind.base in BUILT_INS else None
    kinds = {facet.kind for facet in kind.facets}
    if kinds <= {"pattern", "minLength"} and kind.base in ("xs:string", "xs:token"):
        return _facet_predicate(kind)
    if kinds == {"enumeration"}:
        return frozenset(f.value for f in kind.facets if f.rule == "constant").__contains__
    return None
