"""The full judgement: the wrapping, the message in it, and the engines' verdict on that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.components import ANSWERS
from ips_contract.contract.faults import NO_CREDENTIALS
from ips_contract.contract.rules import by_given_wsdl
from ips_contract.contract.versions import (
    UNVERSIONED,
    VERSIONS,
    Version,
    as_version,
    version_for_namespace,
)
from ips_contract.validation.budget import Budget
from ips_contract.validation.credentials import (
    header_entries,
    is_about_credentials,
    read_login,
    refusal,
)
from ips_contract.validation.engines import BOTH, ENGINES, LXML, XMLSCHEMA
from ips_contract.validation.findings import Findings
from ips_contract.validation.first_sight import LOGIN_PATH
from ips_contract.validation.message_judgement import MessageJudgement, label
from ips_contract.validation.report import Report, violation
from ips_contract.validation.suspects import known_by
from ips_contract.validation.wrapping_judgement import WrappingJudgement
from ips_contract.xml.parser import local_name, namespace_of
from ips_contract.xml.positions import LONGEST_NAMESPACE, names_a_long_namespace
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.validation.sight import Sight
    from ips_contract.validation.suspects import Known


def judge(
    root: etree._Element,
    data: bytes | None,
    version: str | Version | None = None,
    engine: str = LXML,
    sight: Sight | None = None,
    *,
    logged_in: bool = False,
) -> Report:
    """Judges the parsed document ``root``; ``data`` is what it was parsed from, if bytes.

    Args:
        root: its root element.
        data: as above.
        version: the version to judge by; by default the one that the message names.
        engine: a name of ``ENGINES``.
        sight: what libxml2 has said of it, if it is judged by its own version and by lxml.
        logged_in: whether HTTP carries credentials, so that the document needs none.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
    """
    if engine not in ENGINES:
        raise ValueError(no_such("engine", engine, ENGINES))
    if data is not None and names_a_long_namespace(root, data):
        words = f"A namespace has more than {LONGEST_NAMESPACE} characters; shorten it."
        return Report(label(root), None, (violation("too-large", words),), data)
    known = None if sight is None else known_by(sight)
    if sight is not None and known is not None and known.is_alone:
        return _judge_parts(root, sight, known, logged_in=logged_in)
    chosen = None if version is None else as_version(version)
    if chosen is not None and chosen.rank >= len(VERSIONS):
        raise ValueError(f"{chosen} was never published; nothing is judged by it alone")
    engines = (LXML, XMLSCHEMA) if engine == BOTH else (engine,)
    findings = Findings(Budget())
    messages = MessageJudgement(findings, root, data, chosen, engines, known)
    messages.name = label(root)
    wrapping = WrappingJudgement(root, messages, logged_in=logged_in)
    namespace = namespace_of(root)
    if messages.name == "Envelope" and namespace not in ("", UNVERSIONED):
        wrapping.envelope()
    elif messages.name == "Request" and version_for_namespace(namespace) is not None:
        wrapping.plain_request()
    else:
        messages.message(root, f"/{messages.name}")
    is_answer = messages.name.endswith(ANSWERS)
    if local_name(root) in ("Envelope", "Request") and not is_answer:
        _refuse(root, findings, logged_in=logged_in)
    report = findings.report(messages.name, messages.version, root, data)
    return report if chosen is None or chosen.components is None else _by_given_wsdl(report)


def _by_given_wsdl(report: Report) -> Report:
    """``report`` with the WSDL that was given as the evidence, where ours is a WSDL."""
    found = (each._replace(source=by_given_wsdl(each.source)) for each in report.violations)
    return Report(report.message, report.version, tuple(found), report.data)


def _refuse(root: etree._Element, findings: Findings, *, logged_in: bool) -> None:
    """Gives the ``findings`` on credentials the code that the service answers them with.

    It looks at credentials before all else: what keeps them from being read is answered so.
    """
    if not findings.has(is_about_credentials):
        return
    code = refusal(read_login(header_entries(root), {}))
    if code is not None and not (logged_in and code == NO_CREDENTIALS):
        findings.refuse(code, is_about_credentials)


def _judge_parts(root: etree._Element, sight: Sight, known: Known, *, logged_in: bool) -> Report:
    """Judges a document of which all around its message and its authHeader is right."""
    data = sight.data
    findings = Findings(Budget())
    messages = MessageJudgement(findings, root, data, None, (LXML,), known)
    for path, (part, suspects) in known.parts.items():
        if suspects is not None and not suspects.elements:
            continue
        if path == LOGIN_PATH:
            messages.auth_header(part, known.version, path)
        else:
            messages.walk(part, known.version, path)
    if not sight.name.endswith(ANSWERS):
        _refuse(root, findings, logged_in=logged_in)
    return findings.report(sight.name, sight.version, root, data)
