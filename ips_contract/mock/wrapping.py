"""What to say of a message that is not wrapped as the address that it came to wants it."""

from __future__ import annotations

from ips_contract.contract.components import is_message
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.xml.text import clipped

ENVELOPE, REQUEST = "Envelope", "Request"


def missing_wrapping(root: str, *, is_soap: bool) -> str:
    """What came, and what is wanted in its place.

    Args:
        root: the name of the document's root.
        is_soap: whether the address is that of SOAP; else it is that of XML without SOAP.
    """
    soap, plain = f"a SOAP envelope at {SERVICE_PATH}", f"a Request at {PLAIN_PATH}"
    here, other = (soap, plain) if is_soap else (plain, soap)
    around = "Envelope/Body" if is_soap else "Request"
    if is_message(root):
        return f"{root} came alone, and belongs in {here}: {around}/{root}. It may come in {other}."
    came = {ENVELOPE: "A SOAP envelope", REQUEST: "A Request"}.get(
        root, f"The element {clipped(root)}"
    )
    return f"{came} came, and the message belongs in {here}. It may come in {other}."
