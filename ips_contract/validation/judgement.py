"""The full judgement: the wrapping, the message in it, and the engines' verdict on that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.versions import (
    UNVERSIONED,
    VERSIONS,
    Version,
    find_version,
    version_for_namespace,
)
from ips_contract.validation.engines import BOTH, ENGINES, LXML, XMLSCHEMA
from ips_contract.validation.findings import Findings
from ips_contract.validation.message_judgement import MessageJudgement, label
from ips_contract.validation.report import Report, violation
from ips_contract.validation.wrapping_judgement import WrappingJudgement
from ips_contract.xml.parser import namespace_of
from ips_contract.xml.positions import LONGEST_NAMESPACE, names_a_long_namespace

if TYPE_CHECKING:
    from lxml import etree


def judge(
    root: etree._Element,
    data: bytes | None,
    version: str | Version | None = None,
    engine: str = LXML,
) -> Report:
    """Judges the parsed document ``root``; ``data`` is what it was parsed from, if bytes.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; the engines are {', '.join(ENGINES)}")
    if data is not None and names_a_long_namespace(root, data):
        words = f"A namespace has more than {LONGEST_NAMESPACE} characters; shorten it."
        return Report(label(root), None, (violation("too-large", words),), data)
    chosen = find_version(version) if isinstance(version, str) else version
    if chosen is not None and not isinstance(chosen, Version):
        raise TypeError(f"version is {chosen!r}; give a Version or text, such as '6.8'")
    if chosen is not None and chosen.rank >= len(VERSIONS):
        raise ValueError(f"{chosen} was never published; nothing is judged by it alone")
    engines = (LXML, XMLSCHEMA) if engine == BOTH else (engine,)
    findings = Findings()
    messages = MessageJudgement(findings, label(root), data, chosen, engines)
    wrapping = WrappingJudgement(root, messages)
    namespace = namespace_of(root)
    if messages.name == "Envelope" and namespace not in ("", UNVERSIONED):
        wrapping.envelope()
    elif messages.name == "Request" and version_for_namespace(namespace) is not None:
        wrapping.plain_request()
    else:
        messages.message(root, f"/{messages.name}")
    return findings.report(messages.name, messages.version, root, data)
