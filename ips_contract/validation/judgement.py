"""The full judgement: the wrapping, the message in it, and the engines' verdict on that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.faults import NO_CREDENTIALS
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
from ips_contract.validation.diagnosis import Diagnosis, is_request
from ips_contract.validation.engines import BOTH, ENGINES, LXML, XMLSCHEMA
from ips_contract.validation.findings import Findings
from ips_contract.validation.message_judgement import MessageJudgement, label
from ips_contract.validation.report import Report, violation
from ips_contract.validation.sizes import lists_for
from ips_contract.validation.wrapping_judgement import WrappingJudgement
from ips_contract.xml.parser import local_name, namespace_of
from ips_contract.xml.positions import LONGEST_NAMESPACE, names_a_long_namespace
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.validation.suspects import Suspects


def judge(
    root: etree._Element,
    data: bytes | None,
    version: str | Version | None = None,
    engine: str = LXML,
    known: Suspects | None = None,
    *,
    logged_in: bool = False,
) -> Report:
    """Judges the parsed document ``root``; ``data`` is what it was parsed from, if bytes.

    Args:
        root: its root element.
        data: as above.
        version: the version to judge by; by default the one that the message names.
        engine: a name of ``ENGINES``.
        known: what is known of it when it is judged by its own version and by lxml.
        logged_in: whether HTTP carries credentials, so that the document needs none.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
    """
    if engine not in ENGINES:
        raise ValueError(no_such("engine", engine, ENGINES))
    if data is not None and names_a_long_namespace(root, data):
        words = f"A namespace has more than {LONGEST_NAMESPACE} characters; shorten it."
        return Report(label(root), None, (violation("too-large", words),), data)
    if known is not None:
        return _judge_suspects(root, data, known)
    chosen = None if version is None else as_version(version)
    if chosen is not None and chosen.rank >= len(VERSIONS):
        raise ValueError(f"{chosen} was never published; nothing is judged by it alone")
    engines = (LXML, XMLSCHEMA) if engine == BOTH else (engine,)
    findings = Findings(Budget())
    messages = MessageJudgement(findings, root, data, chosen, engines)
    wrapping = WrappingJudgement(root, messages, logged_in=logged_in)
    namespace = namespace_of(root)
    if messages.name == "Envelope" and namespace not in ("", UNVERSIONED):
        wrapping.envelope()
    elif messages.name == "Request" and version_for_namespace(namespace) is not None:
        wrapping.plain_request()
    else:
        messages.message(root, f"/{messages.name}")
    if local_name(root) in ("Envelope", "Request") and not _is_answer(messages.name):
        # Credentials are looked at before all else: what keeps them from being read is answered so.
        code = refusal(read_login(header_entries(root), {}))
        if code is not None and not (logged_in and code == NO_CREDENTIALS):
            findings.refuse(code, is_about_credentials)
    return findings.report(messages.name, messages.version, root, data)


def _is_answer(name: str) -> bool:
    return name.endswith(("Return", "Fault"))


def _judge_suspects(root: etree._Element, data: bytes | None, known: Suspects) -> Report:
    """Judges a document of which all is known to be right but some elements of the message."""
    message, version = known.message, known.version
    request = is_request(message)
    findings = Findings(Budget())
    walk = Diagnosis(
        version,
        namespace_of(message),
        request=request,
        data=lists_for(root, data),
        budget=findings.budget,
    )
    walk.suspects(message, known.path, known.elements)
    findings.add_walk(walk.findings, walk.beyond, cut=walk.cut, request=request)
    if known.is_refused and not known.is_explained_by(found[3] for found in walk.findings):
        messages = MessageJudgement(findings, root, data, None, (LXML,))
        messages.consult(message, version, known.path, walk, request=request)
    return findings.report(local_name(message), version, root, data)
