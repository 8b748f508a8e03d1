"""Mutations of values: for each rule about them, the texts that break it and no other.

They are written out, not asked of the validator, which they are to test. What follows from a
facet (constants, limits) is computed from the row, so that a new type needs no edit here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, PRE_4_0
from ips_contract.generation.mutations.mutation import value_mutation

if TYPE_CHECKING:
    from ips_contract.contract.model import SimpleType
    from ips_contract.contract.versions import Version
    from ips_contract.generation.mutations.mutation import Mutation, Picks

# Built-in type → kind of mistake → texts. (No published version has an xs:float.)
WRONG_TYPES: dict[str, dict[str, tuple[str, ...]]] = {
    "xs:boolean": {
        "word for a boolean": ("yes", "no", "on", "null", "True", "FALSE", "tRUE"),
        "number for a boolean": ("2", "-1", "01", "0.0"),
        "empty boolean": ("", " ", "\t"),
    },
    "xs:int": {
        "word for an int": ("seven", "NaN", "INF", "true", "-", "+"),
        "other notation of an int": ("7.0", "1e3", "0x1F", "1 000", "1,000", "1_000", "٣", "--1"),
        "int of more bits": ("2147483648", "-2147483649", "9223372036854775808", "9" * 200),
        "empty int": ("", "  "),
    },
    "xs:long": {
        "word for a long": ("seven", "NaN", "INF", "false", "-", "+"),
        "other notation of a long": ("7.0", "1e3", "0x1F", "1 000", "1_000", "٣", "--1"),
        "long of more bits": ("9223372036854775808", "-9223372036854775809", "9" * 200),
        "empty long": ("", "\n"),
    },
    "xs:double": {
        "word for a double": ("half", "true", ".", "-", "e", "infinity", "Infinity"),
        "other notation of a double": (
            "1,5",
            "1e",
            "1_0",
            "0x1p3",
            "1.5f",
            "\u0660.\u0665",
            "1 0",
            "50%",
        ),
        "other spelling of a special double": ("inf", "nan", "+INF", "nAn", "-NaN"),
        "empty double": ("", " \n"),
    },
    "xs:base64Binary": {
        "other notation of Base64": ("A", "AAA", "A===", "=", "AA=A", "AA-_", "AB==", "0x000", "*"),
    },
    "xs:dateTime": {
        "half a dateTime": ("2014-04-03", "09:30:00Z", "2014-04-03T09:30Z", "2014-04-03T"),
        "dateTime of no calendar": (
            *("2014-13-01T00:00:00Z", "2014-02-30T00:00:00Z", "2013-02-29T00:00:00Z"),
            *("2014-00-10T00:00:00Z", "2014-01-00T00:00:00Z"),
        ),
        "dateTime of no clock": (
            *("2014-04-03T25:00:00Z", "2014-04-03T09:60:00Z", "2014-04-03T24:00:01Z"),
            *("2014-04-03T09:30:00+15:00", "2014-04-03T09:30:00+01:60"),
        ),
        "other notation of a dateTime": (
            *("2014-04-03 09:30:00Z", "20140403T093000Z", "03/04/2014", "1396517400", "tomorrow"),
            *("2014-04-03t09:30:00z", "2014-4-3T9:30:00Z", "14-04-03T09:30:00Z"),
            *("2014-04-03T09:30:00 Z", "2014-04-03T09:30:00+0100", "2014-04-03T09:30:00,5Z"),
        ),
        "empty dateTime": ("", "\t "),
    },
}

_BLANK = ("", " ", "\t", "\n  \n", " " * 100)
LOCALES = ("en_US", "EN", "en-us", "eng", "en-", "e", "en-USA", "en-US,de", "*", "", " en", "en ")
# Texts for pre-4.0, texts for dated versions.
_COMPANY_HANDLES = (
    ("c|47", "forty-seven", "-47", "4 7", "47|", "٤٧"),
    ("47", "C|47", "c|", "c|x", "c 47", "c|47|", "c|4 7", "j|47"),
)
_JOB_HANDLES = (
    ("47", "47|x", "j|47|x||", "|x|", "c|47|x|", "x|y|", "47|a|b|"),
    (
        "47|My Test Job|",
        "j|47",
        "j|47|x",
        "j|x|y||",
        "j|47|a|b|c",
        "J|47|x||",
        "j|47|a|b||",
    ),
)
# Rule of a pattern → type → the same.
WRONG_FORMS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "handle-form": {
        "CompanyHandle": _COMPANY_HANDLES,
        "OptionalCompanyHandle": _COMPANY_HANDLES,
        "AnswerCompanyHandle": (("forty-seven", "-47", "C|47", "c|", "c|x", "47|", "j|47"),) * 2,
        "UserHandle": (
            ("12", "me@example.com", "|me@example.com", "12|", "x|me@example.com", "u|12|a"),
            ("12", "me@example.com", "|me@example.com", "12|", "x|me@example.com", "U|12|a"),
        ),
        "ContextHandle": (("3", "pc|", "pc3", "PC|3", "c|3", "pc|x"),) * 2,
    },
    "job-handle-form": {"JobHandle": _JOB_HANDLES, "OptionalJobHandle": _JOB_HANDLES},
    "name-separator": {"JobName": (("a|b", "|", "Nightly|full", "|x", "x|"),) * 2},
    "locale": {"Locale": (LOCALES,) * 2},
    "auth-locale": {"HeaderLocale": (LOCALES,) * 2},
    "time-zone": {
        "ZonedDateTime": (("2014-04-03T09:30:00", "2014-04-03T09:30:00.5", "2012-02-29T24:00:00"),)
        * 2
    },
}
# Check beyond XSD → rule → texts.
WRONG_CHECKS: dict[str, dict[str, tuple[str, ...]]] = {
    "locale-code": {"locale-code": ("en-UK", "xx", "xx-DE", "en-ZZ", "iw", "qq-ZZ")},
    "absolute-url": {
        "absolute-url": ("a.jpg", "/images/a.jpg", "www.example.com/a.jpg", "", "//x/a.jpg", "://x")
    },
    "schedule": {
        "schedule": (
            *("0 60 3 * * ?", "0 0 24 * * ?", "0 0 3 32 * ?", "0 0 3 ? 13 *", "0 0 3 ? * 8"),
            *("60 0 3 * * ?", "60 3 * * *"),
        ),
        "schedule-form": (
            *("every night", "", "daily", "0 0 3 *", "@daily", "0 0 3 * * ? * *", "R/PT1H"),
            *("a b c d e f", "x" * 600, "0 0 3 * * *", "0 0 3 ? * ?", "0 0 3 ? * 2,6L"),
        ),
    },
}


def _of_type(base: str, kind: str) -> Picks:
    texts = WRONG_TYPES[base][kind]
    return lambda row, _: texts if row.base == base else ()


def _of_form(rule: str) -> Picks:
    def picks(row: SimpleType, version: Version) -> tuple[str, ...]:
        texts = WRONG_FORMS[rule].get(row.name, ((), ()))
        stated = any(facet.rule == rule for facet in row.facets)
        return texts[version is not PRE_4_0] if stated else ()

    return picks


def _of_check(check: str, rule: str) -> Picks:
    return lambda row, _: WRONG_CHECKS[check][rule] if row.check == check else ()


def constants(row: SimpleType) -> tuple[str, ...]:
    """The documented constants of a type; () if it is no list of constants."""
    return tuple(facet.value for facet in row.facets if facet.rule == "constant")


@lru_cache(maxsize=1)
def _all_constants() -> tuple[str, ...]:
    types = contract(LATEST).simple_types.values()
    return tuple(dict.fromkeys(value for row in types for value in constants(row)))


def _rule_of(row: SimpleType, own: tuple[str, ...], text: str) -> str:
    """The rule that ``text``, which is none of the constants ``own``, falls under."""
    if row.case is not None and text.casefold() in map(str.casefold, own):
        return row.case
    return row.open or "constant"


def _wrong_constants(rule: str, change: str) -> Picks:
    def picks(row: SimpleType, _version: Version) -> tuple[str, ...]:
        own = constants(row)
        if not own:
            return ()
        texts: tuple[str, ...] = {
            "case": (*map(str.lower, own), *map(str.upper, own), *map(str.swapcase, own)),
            "padded": (*(f" {text}" for text in own), *(f"{text}\n" for text in own)),
            "other list": _all_constants(),
            "empty": ("", " "),
            "invented": ("Everything", "0", "null", own[0] + own[-1], own[0][:-1]),
        }[change]
        accepted = {facet.value for facet in row.facets}
        wrong = [text for text in dict.fromkeys(texts) if text not in accepted]
        return tuple(text for text in wrong if _rule_of(row, own, text) == rule)

    return picks


def _accepted_constant(rule: str) -> Picks:
    return lambda row, _: tuple(
        facet.value for facet in row.facets if facet.rule == rule and facet.kind == "enumeration"
    )


def _out_of_range(rule: str, side: str) -> Picks:
    def picks(row: SimpleType, _version: Version) -> tuple[str, ...]:
        limits = {facet.kind: facet.value for facet in row.facets if facet.rule == rule}
        low, high = limits.get("minInclusive"), limits.get("maxInclusive")
        whole = row.base != "xs:double"
        bits = 63 if row.base == "xs:long" else 31
        texts: tuple[str, ...] = ()
        if side == "nan":
            texts = ("NaN",) if limits and not whole else ()
        elif side == "below" and low is not None:
            texts = (str(int(low) - 1),) if whole else (f"{float(low) - 1e-6:f}", "-1e-9", "-1")
        elif side == "above" and high is not None:
            texts = (str(int(high) + 1),) if whole else (f"{float(high) + 1e-6:f}", f"{high}.01")
        elif side == "far":
            texts += ((str(-(2**bits)),) if whole else ("-1e300", "-INF")) if low else ()
            texts += ((str(2**bits - 1),) if whole else ("1E+300", "INF")) if high else ()
        return texts

    return picks


def _too_short(rule: str) -> Picks:
    return lambda row, _: (
        _BLANK if any(f.rule == rule and f.kind == "minLength" for f in row.facets) else ()
    )


VALUE_MUTATIONS: tuple[Mutation, ...] = (
    *(
        value_mutation("wrong-type", kind, f"puts a {kind}", _of_type(base, kind))
        for base, kinds in WRONG_TYPES.items()
        for kind in kinds
    ),
    *(
        value_mutation(rule, kind, f"writes {words}", _wrong_constants(rule, kind))
        for rule in ("constant", "unlisted-constant")
        for kind, words in (
            ("case", "a constant in another case"),
            ("padded", "a constant with white space around it"),
            ("other list", "a constant of another list"),
            ("empty", "an empty text for a constant"),
            ("invented", "a constant that no list has"),
        )
    ),
    value_mutation(
        *("constant-case", "case", "writes a constant of a list that is open in another case"),
        _wrong_constants("constant-case", "case"),
    ),
    *(
        value_mutation(rule, kind, f"writes a number {words}", _out_of_range(rule, kind))
        for rule, kind, words in (
            ("range", "below", "just below the range"),
            ("range", "above", "just above the range"),
            ("range", "far", "far from the range"),
            ("range", "nan", "that is none: NaN"),
            ("lenient-range", "below", "just below a range that is tolerated"),
            ("lenient-range", "above", "just above a range that is tolerated"),
            ("lenient-range", "far", "far from a range that is tolerated"),
        )
    ),
    value_mutation("blank", "blank", "writes nothing but white space", _too_short("blank")),
    value_mutation(
        "job-handle-empty", "blank", "leaves a job handle empty", _too_short("job-handle-empty")
    ),
    *(
        value_mutation(rule, "form", f"writes {words}", _of_form(rule))
        for rule, words in (
            ("handle-form", "a handle of another form"),
            ("job-handle-form", "a job handle of another form"),
            ("name-separator", "a job name with a bar"),
            ("locale", "a locale of another form"),
            ("auth-locale", "a locale of another form beside the message"),
            ("time-zone", "a moment without its time zone"),
        )
    ),
    *(
        value_mutation(rule, "value", f"writes {words}", _of_check(check, rule))
        for check, rule, words in (
            ("locale-code", "locale-code", "a locale with a code that is in no list"),
            ("absolute-url", "absolute-url", "a URL that is relative"),
            ("schedule", "schedule", "a schedule with a value out of range"),
            ("schedule", "schedule-form", "a schedule that Quartz does not read"),
        )
    ),
    value_mutation(
        "pdf-render", "render", "writes what only an answer had", _accepted_constant("pdf-render")
    ),
    value_mutation(
        *("doubtful-constant", "job type", "writes what seems to have run into its list"),
        _accepted_constant("doubtful-constant"),
    ),
)
