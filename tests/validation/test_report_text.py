"""Reports as text: verdicts, lines for editors, and source lines with the place marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract import validate
from ips_contract.contract.versions import PRE_4_0, Version, find_version
from ips_contract.validation.report import InvalidMessage, Report, Violation, violation
from ips_contract.validation.report.text import (
    finding_line,
    report_lines,
    report_text,
    shown,
    verdict_line,
)
from ips_contract.xml.text import counted
from tests.growth import QUADRATIC, growth

if TYPE_CHECKING:
    from collections.abc import Callable

NAMESPACE = "http://www.scene7.com/IpsApi/xsd"
GOOD = f"""\
<submitJobParam xmlns="{NAMESPACE}">
   <companyHandle>47</companyHandle>
   <jobName>My Test Job</jobName>
   <imageServingPublishJob>
      <publishType>Full</publishType>
      <emailSetting>Error</emailSetting>
   </imageServingPublishJob>
</submitJobParam>
"""
BAD = GOOD.replace("Full", "Fulll")

ERROR = violation("constant", "wrong")
WARNING = violation("name-separator", "odd")

EXPLAINED = """\
a.xml: invalid (submitJobParam, pre-4.0): 1 error

error constant: "Fulll" is not one of Full, FullWithSearch or Incremental. Write Full.
  at a.xml:5:7, /submitJobParam/imageServingPublishJob/publishType
    5 |       <publishType>Fulll</publishType>
      |       ^~~~~~~~~~~~~~~~~~
  fault 30001 (invalid parameter); source: documented pages, API reference: constants"""

# message, version, violations, verdict
VERDICTS = [
    ("submitJobParam", PRE_4_0, [], "a: valid (submitJobParam, pre-4.0)"),
    ("submitJobParam", PRE_4_0, [WARNING], "a: valid (submitJobParam, pre-4.0), 1 warning"),
    ("submitJobParam", PRE_4_0, [WARNING] * 2, "a: valid (submitJobParam, pre-4.0), 2 warnings"),
    ("submitJobParam", find_version("4.5"), [ERROR], "a: invalid (submitJobParam, 4.5): 1 error"),
    (
        "submitJobParam",
        PRE_4_0,
        [ERROR, WARNING, ERROR, ERROR],
        "a: invalid (submitJobParam, pre-4.0): 3 errors, 1 warning",
    ),
    ("html", None, [ERROR], "a: invalid (html): 1 error"),
    ("", None, [ERROR], "a: invalid: 1 error"),
    ("", None, [], "a: valid"),
]

# text, as shown
SHOWN = [
    ("", ""),
    ("plain, é, 日本語, 😀", "plain, é, 日本語, 😀"),
    ("two\nlines\r\n", r"two\nlines\r\n"),
    ("\x1b[31m\x9b31m\x00", r"\x1b[31m\x9b31m\x00"),
    ("right\u202eleft\u2028", r"right\u202eleft\u2028"),
    ("\udcff", r"\udcff"),
]

# source line, column, the line as shown, the mark under it
MARKS = [
    ("<a>x</a>", 1, "<a>x</a>", "^~~~"),
    ("  <a/>", 3, "  <a/>", "  ^~~~"),
    ('<a b="c">  ', 1, '<a b="c">', "^~~~~~~~~"),
    ("<a>1<b/>", 5, "<a>1<b/>", "    ^~~~"),
    ("<a", 1, "<a", "^~"),
    ("abc", 2, "abc", " ^"),
    ("abc", 4, "abc", "   ^"),
    ("abc", 99, "abc", "   ^"),
    ("", 1, "", "^"),
    ("\t<a/>", 2, "    <a/>", "    ^~~~"),
    ("<a>\tb</a>", 1, "<a>    b</a>", "^~~~~~~~"),
    ("日本<a>語</a>", 3, "日本<a>語</a>", "    ^~~~~"),
    ("e\u0301<a/>", 3, "e\u0301<a/>", " ^~~~"),
    ("\x1b[1m<a>\x00</a>", 5, r"\x1b[1m<a>\x00</a>", "       ^~~~~~~"),
    ("\r", 1, "", "^"),
    (
        "x" * 500 + "<a/>" + "y" * 10,
        501,
        "..." + "x" * 86 + "<a/>" + "y" * 10,
        " " * 89 + "^~~~",
    ),
    (
        "x" * 500 + "<a/>" + "y" * 500,
        501,
        "..." + "x" * 40 + "<a/>" + "y" * 56 + "...",
        " " * 43 + "^~~~",
    ),
    ("<a>" + "y" * 500, 1, "<a>" + "y" * 97 + "...", "^" + "~" * 99),
    ("x" * 500, 501, "..." + "x" * 100, " " * 103 + "^"),
    ("x" * 500, None, "x" * 100 + "...", None),
]

# bytes of a document, the first line as shown
ENCODINGS = [
    ("<é/>".encode(), "<é/>"),
    ("\ufeff<é/>".encode(), "<é/>"),
    ("\ufeff<é/>".encode("utf-16-le"), "<é/>"),
    ("\ufeff<é/>".encode("utf-16-be"), "<é/>"),
    ("<é/>".encode("utf-16-le"), "<é/>"),
    ("<é/>".encode("utf-16-be"), "<é/>"),
    ("\ufeff<é/>".encode("utf-32-le"), "<é/>"),
    ("\ufeff<é/>".encode("utf-32-be"), "<é/>"),
    ("<é/>".encode("utf-32-le"), "<é/>"),
    ("<é/>".encode("utf-32-be"), "<é/>"),
    *[
        (
            f"<?xml version='1.0' encoding='{name}'?><a>日</a>".encode(name),
            f"<?xml version='1.0' encoding='{name}'?><a>日</a>",
        )
        for name in ("shift_jis", "iso-2022-jp", "euc-jp", "UTF-8")
    ],
    # Given as str: the declaration says what the text was before.
    *[
        (
            f"<?xml version='1.0' encoding='{name}'?><é/>".encode(),
            f"<?xml version='1.0' encoding='{name}'?><é/>",
        )
        for name in ("utf-16", "iso-8859-1", "no-such")
    ],
    # Undecodable, or an encoding that is no character set.
    *[
        (
            f"<?xml version='1.0' encoding='{name}'?><".encode() + b"\xff/>",
            f"<?xml version='1.0' encoding='{name}'?><\ufffd/>",
        )
        for name in ("utf-8", "no-such", "punycode", "unicode_escape", "undefined", "hex")
    ],
    (b"\x00\xff\xfe<", r"\x00" + "\ufffd\ufffd<"),
]


def place(line: int | None = None, column: int | None = None, path: str = "/") -> Violation:
    return violation("constant", "wrong", path, line, column)


# name, violation, what stands behind "at"
PLACES = [
    ("a.xml", place(3, 4, "/a/b"), "a.xml:3:4, /a/b"),
    ("a.xml", place(3, None, "/a"), "a.xml:3, /a"),
    ("a.xml", place(), "a.xml"),
    ("a\nb", place(3), r"a\nb:3"),
    ("", place(3, 4, "/a/b"), "line 3, column 4, /a/b"),
    ("", place(3), "line 3"),
    ("", place(path="/a\u202e"), r"/a\u202e"),
    ("", place(), None),
]


@pytest.mark.parametrize(("message", "version", "violations", "verdict"), VERDICTS)
def test_verdict(
    message: str, version: Version | None, violations: list[Violation], verdict: str
) -> None:
    report = Report(message, version, violations)
    assert verdict_line("a", report) == verdict
    assert verdict_line("", report) == verdict.removeprefix("a: ")
    assert report_text(report, "a").split("\n")[0] == verdict


@pytest.mark.parametrize(("text", "expected"), SHOWN)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert (
        finding_line(text, violation("blank", text, line=7)) == f"{expected}:7: blank: {expected}"
    )


@given(st.text(st.characters()))
def test_shown_is_one_printable_line(text: str) -> None:
    assert shown(text).isprintable()
    assert shown(text) == text or "\\" in shown(text)


@pytest.mark.parametrize(("line", "column", "source", "mark"), MARKS)
def test_mark(line: str, column: int | None, source: str, mark: str | None) -> None:
    report = Report("a", None, [place(2, column)], f"first\n{line}\nlast".encode())
    lines = report_text(report).split("\n")[4:-1]
    expected = [f"    2 | {source}".rstrip()]
    if mark is not None:
        expected.append(f"      | {mark}")
    assert lines == expected


@pytest.mark.parametrize(("data", "expected"), ENCODINGS)
def test_encoding(data: bytes, expected: str) -> None:
    report = Report("a", None, [place(1)], data)
    assert report_text(report).split("\n")[4] == f"    1 | {expected}"


@pytest.mark.parametrize(("name", "finding", "expected"), PLACES)
def test_place(name: str, finding: Violation, expected: str | None) -> None:
    lines = report_text(Report("a", None, [finding]), name).split("\n")
    assert lines[3:-1] == ([] if expected is None else [f"  at {expected}"])


def test_explained() -> None:
    report = validate(BAD)
    assert report.text("a.xml") == EXPLAINED
    unnamed = EXPLAINED.removeprefix("a.xml: ").replace("a.xml:5:7", "line 5, column 7")
    assert str(report) == report.text() == unnamed
    with pytest.raises(InvalidMessage) as caught:
        report.raise_for_errors()
    assert str(caught.value) == unnamed


def test_windows_line_ends_are_not_shown() -> None:
    assert validate(BAD.replace("\n", "\r\n")).text("a.xml") == EXPLAINED


def test_without_the_document_there_is_no_source_line() -> None:
    report = validate(BAD)
    bare = Report(report.message, report.version, report.violations)
    assert len(bare.text().split("\n")) == len(EXPLAINED.split("\n")) - 2


def test_a_line_behind_the_end_is_not_shown() -> None:
    assert "|" not in Report("a", None, [place(3)], b"<a>\n</a>").text()


def test_an_unknown_fault_code_has_no_name() -> None:
    text = Report("a", None, [ERROR._replace(fault_code=4711)]).text()
    assert text.endswith("  fault 4711; source: documented pages, API reference: constants")


def test_a_warning_has_no_fault() -> None:
    text = Report("a", None, [WARNING]).text()
    assert text.endswith("\n  source: our inference: from the form of handles")


def test_lines() -> None:
    report = Report("a", PRE_4_0, [WARNING, ERROR])
    assert report_lines("f", report) == [
        "f:1: name-separator: warning: odd",
        "f:1: constant: wrong",
    ]
    assert report_lines("f", Report("a", PRE_4_0, [WARNING])) == [
        "f:1: name-separator: warning: odd",
        "f: valid (a, pre-4.0), 1 warning",
    ]
    assert report_lines("f", Report("a", PRE_4_0)) == ["f: valid (a, pre-4.0)"]


def test_color_adds_nothing_but_color() -> None:
    finding = place(1, 2)
    for findings in [WARNING, finding], [WARNING]:
        report = Report("a", PRE_4_0, findings, b"x<a/>")
        for plain, colored in (
            (report_text(report, "f"), report_text(report, "f", color=True)),
            (
                "\n".join(report_lines("f", report)),
                "\n".join(report_lines("f", report, color=True)),
            ),
        ):
            assert "\x1b" not in plain
            assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain != colored


def test_counted() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


@pytest.mark.no_cover
@pytest.mark.parametrize("end_of_line", ["", "\r\n"])
@pytest.mark.parametrize("inner", ["<b/>", "<bé\t日/>"])
def test_ten_thousand_findings_on_a_line_of_a_megabyte_are_quick(
    inner: str, end_of_line: str
) -> None:
    def showing(size: int) -> Callable[[], object]:
        start, end = f'<submitJobParam xmlns="{NAMESPACE}">', f"</submitJobParam>{end_of_line}"
        text = start + inner * ((size - len(start + end)) // len(inner.encode())) + end
        columns = range(len(start) + 1, len(text), 100 * len(text) // size)
        report = Report("a", None, [place(1, column) for column in columns], text.encode())
        assert len(report.violations) >= size // 110
        return lambda: report.text("a.xml", color=True)

    assert growth(showing, 2**16) < QUADRATIC


@given(st.binary(max_size=200), st.integers(1, 5), st.one_of(st.none(), st.integers(1, 200)))
def test_any_bytes_and_any_place_can_be_shown(data: bytes, line: int, column: int | None) -> None:
    text = Report("a", None, [place(line, column)], data).text()
    assert all(part.isprintable() for part in text.split("\n"))


@given(st.binary(max_size=100))
def test_any_document_can_be_judged_and_shown(data: bytes) -> None:
    assert validate(data).text("x").startswith("x: invalid")
