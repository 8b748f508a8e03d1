"""The two engines: what each takes, and what is said where they disagree."""

from __future__ import annotations

import pytest
from lxml import etree

from ips_contract import validate
from ips_contract.contract.versions import LATEST, PRE_4_0
from ips_contract.validation import engines
from ips_contract.validation.engines import lxml_verdict, without, xmlschema_verdict
from tests.messages import REQUEST, RESPONSE, envelope, request, urls


def test_engines_and_attributes() -> None:
    root = etree.fromstring(REQUEST.replace(b"<jobName>", b'<jobName a="1" b="2">'))
    for verdict in (lxml_verdict, xmlschema_verdict):
        assert verdict(root, PRE_4_0, PRE_4_0.namespace)
        assert "a" in root[1].attrib
        plain = without(root, [(root[1], "a"), (root[1], "b")])
        assert verdict(plain, PRE_4_0, PRE_4_0.namespace) == []
    assert without(root, []) is root


def test_engines_stop_after_some_complaints() -> None:
    job = urls().replace("true", "yes").replace("false", "no") + "<x/>"
    items = "<items><a/></items>" * 30
    root = etree.fromstring(request(job=job.replace("<urlArray>", f"<urlArray>{items}")))
    for verdict in (lxml_verdict, xmlschema_verdict):
        assert len(verdict(root, PRE_4_0, PRE_4_0.namespace)) == 10


def test_an_engine_that_is_wrong_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from ips_contract import validate
    from ips_contract.validation import engines

    monkeypatch.setitem(engines.VERDICTS, "lxml", lambda *_: [("no", 3)])
    report = validate(REQUEST, engine="both")
    assert [(v.rule, v.message) for v in report.violations] == [
        (
            "engine-disagreement",
            "lxml refuses and xmlschema accepts the message. Please report this.",
        ),
        ("schema", "lxml, line 3: no"),
    ]
    assert not report.valid
    wrong = REQUEST.replace(b"Full", b"full")
    monkeypatch.setitem(engines.VERDICTS, "lxml", lambda *_: [])
    assert [v.rule for v in validate(wrong, engine="both").violations] == [
        "engine-disagreement",
        "constant",
    ]


def test_engines() -> None:
    assert validate(REQUEST, engine="xmlschema").violations == ()
    with pytest.raises(
        ValueError, match=r"^no engine 'expat'; the engines are lxml, xmlschema, both$"
    ):
        validate(REQUEST, engine="expat")


ENGINE_ROWS = [
    (REQUEST, "/submitJobParam", 30003),
    (envelope(REQUEST), "/Envelope/Body/submitJobParam", 30003),
    (RESPONSE, "/submitJobReturn", None),
]


@pytest.mark.parametrize(("document", "path", "code"), ENGINE_ROWS)
def test_an_engine_that_refuses_what_we_take(
    document: bytes, path: str, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last net: what no rule of ours saw is still said, with its place and its fault."""
    monkeypatch.setitem(engines.VERDICTS, "xmlschema", lambda *_: [("no", 3)])
    first, second = validate(document, engine="both", logged_in=True).violations
    assert (first.rule, first.path, first.fault_code) == ("engine-disagreement", path, None)
    assert first.message == "lxml accepts and xmlschema refuses the message. Please report this."
    assert (second.rule, second.path, second.fault_code) == ("schema", path, code)
    assert second.message == "xmlschema, line 3: no"


@pytest.mark.parametrize("engine", ["lxml", "xmlschema", "both"])
def test_an_indented_answer_without_content(engine: str) -> None:
    document = f'<stopJobReturn xmlns="{LATEST.namespace}">\n  </stopJobReturn>'
    assert validate(document, engine=engine).violations == ()
    assert not validate(document.replace("\n", "x"), engine=engine).valid


@pytest.mark.parametrize("engine", ["lxml", "xmlschema", "both"])
@pytest.mark.parametrize("year", ["2" * 10, "2" * 30, "-" + "2" * 11])
def test_years_that_engines_choke_on(engine: str, year: str) -> None:
    document = request(PRE_4_0, before=f"<execTime>{year}-01-01T00:00:00Z</execTime>")
    assert [v.rule for v in validate(document, engine=engine).violations] == ["wrong-type"]


@pytest.mark.parametrize("blank", ["\u3000", "\u00a0", "\u2003", "\u0085"])
def test_engines_agree_about_blanks_that_xml_does_not_know(blank: str) -> None:
    named = REQUEST.replace(b"My Test Job", blank.encode())
    between = REQUEST.replace(b"<jobName>", f"{blank}<jobName>".encode())
    within = request(LATEST, job=urls().replace("<overwrite>true", f"<overwrite>true{blank}"))
    for document, rules in ((named, []), (between, ["stray-text"]), (within, ["wrong-type"])):
        for engine in ("lxml", "xmlschema", "both"):
            report = validate(document, engine=engine)
            assert [row.rule for row in report.violations] == rules, engine
