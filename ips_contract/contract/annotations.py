"""The ``f:`` attributes of the annotated schema: what they say of one version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.components import AUTH, FACTS, XS
from ips_contract.contract.versions import PRE_4_0, RANKS

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.contract.versions import Version

_SINCE, _UNTIL = FACTS + "since", FACTS + "until"
_REQUIRED, _OPTIONAL, _SHOWN = FACTS + "required", FACTS + "optional", FACTS + "shown"
_ABSENT = FACTS + "absent"


def _present(node: etree._Element, rank: int) -> bool:
    since, until = node.get(_SINCE), node.get(_UNTIL)
    if until is not None and rank >= RANKS[until]:
        return False
    return since is None or rank >= RANKS[since.partition("..")[0]]


def has(node: etree._Element, version: Version) -> bool:
    """Whether ``version`` has ``node``, by its WSDL or the change log."""
    first, *others = version.ranks
    # Nearly all versions are one, and to read all of them asks this ten thousand times.
    return _present(node, first) or any(_present(node, rank) for rank in others)


def is_late(node: etree._Element, version: Version) -> bool:
    """Whether ``node`` came after ``version``, and is accepted there with a remark all the same.

    The seed pages document every parameter of submitJob in the unversioned namespace (S over L).
    """
    shown = node.get(_SHOWN)
    return shown is not None and RANKS[shown] in version.ranks and not has(node, version)


def is_required(node: etree._Element, version: Version) -> bool:
    """Whether ``version`` requires the element ``node``: all its neighbours do, between some."""
    required, optional = node.get(_REQUIRED), node.get(_OPTIONAL)
    for rank in version.ranks:
        always = node.get("minOccurs") != "0"
        needs = always if required is None else rank >= RANKS[required]
        loosened = optional is not None and rank >= RANKS[optional]
        if loosened or not needs or not _present(node, rank):
            return False
    return True


def absent_rule(node: etree._Element, version: Version) -> str | None:
    """The rule that the optional element ``node`` falls under by being absent."""
    rule = node.get(_ABSENT)
    if rule is not None or node.get(_REQUIRED) is None or is_required(node, version):
        return rule
    # A later WSDL requires it, and that of this version is not known.
    return "missing-inferred" if all(_present(node, rank) for rank in version.ranks) else None


def adapt(root: etree._Element, version: Version) -> None:
    """Makes all fields of types that pre-4.0 lacks accepted in pre-4.0, and right after it.

    Its WSDL says nothing of what is in a job that only the seed pages document there.
    """
    if PRE_4_0.rank not in version.ranks:
        return
    for kind in root.iterchildren(XS + "complexType"):
        if _SINCE in kind.attrib:
            for node in kind.iter(XS + "element"):
                node.attrib.pop(_SINCE, None)


def has_own_header(version: Version) -> bool:
    """Whether the WSDL of ``version`` binds an authHeader in the version's own namespace (L)."""
    if version.components is not None:
        header = version.components.get(AUTH, b"")
        return header.count(b"<xs:element ") > header.count(b" f:unversioned=")
    return any(rank >= RANKS["6.8"] for rank in version.ranks)
