"""Two WSDLs compared: ours of a version, and another one."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.contract.model import contract
from ips_contract.contract.versions import BETA_2016, UNVERSIONED, VERSIONS, version_for_namespace
from ips_contract.contract.wsdl import wsdl
from ips_contract.wsdl.differences import Difference, Findings, Side
from ips_contract.wsdl.documents import documents_of
from ips_contract.wsdl.frame_differences import compare_frames
from ips_contract.wsdl.model import local
from ips_contract.wsdl.reader import wsdl_of
from ips_contract.wsdl.type_differences import compare_types
from ips_contract.xml.parser import parse

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.wsdl.model import Wsdl
    from ips_contract.wsdl.type_differences import Lenient

_ADDRESS = "urn:address"


@lru_cache(maxsize=4)
def our_wsdl(version: Version) -> Wsdl:
    """Our WSDL of ``version``, as values."""
    text = wsdl(version, _ADDRESS)
    return wsdl_of(documents_of(f"our {version}", parse(text, limit=len(text))))


def nearest(namespace: str) -> Version | None:
    """The version whose contract is known that is nearest to ``namespace``, and not after it.

    None if it is no namespace of the API.
    """
    if namespace == UNVERSIONED:
        return VERSIONS[0]
    found = version_for_namespace(namespace)
    if found is None:
        return None
    date = namespace.removeprefix(f"{UNVERSIONED}/")
    return BETA_2016 if date >= BETA_2016.date else VERSIONS[found[0].rank]


def compare(theirs: Wsdl, version: Version) -> tuple[Difference, ...]:
    """What differs in ``theirs`` from our WSDL of ``version``.

    The addresses of ports are left out, and the order of what has names.

    Returns:
        The differences: those of the frame first, then of operations and of types by their names.
    """
    table = contract(version)

    def lenient(key: str, name: str) -> bool:
        kind = local(key)
        if key.startswith("element "):
            kind = table.messages.get(kind) or table.companions.get(kind, "")
        known = table.complex_types.get(kind)
        return known is not None and any(f.name == name and not f.required for f in known.fields)

    return differences(our_wsdl(version), theirs, lenient)


def differences(
    ours: Wsdl, theirs: Wsdl, lenient: Lenient = lambda _type, _field: False
) -> tuple[Difference, ...]:
    """What differs in ``theirs`` from ``ours``, as for ``compare``.

    Args:
        ours: the one.
        theirs: the other.
        lenient: as for ``compare_types``.
    """
    findings = Findings(Side(ours), Side(theirs))
    compare_frames(findings)
    compare_types(findings, lenient)
    return tuple(sorted(findings.found, key=_order))


def _order(difference: Difference) -> tuple[object, ...]:
    place = 0 if difference.place == "frame" else 1 if difference.operation else 2
    return (
        place,
        difference.place,
        difference.type,
        difference.line,
        difference.field,
        difference.kind,
    )
