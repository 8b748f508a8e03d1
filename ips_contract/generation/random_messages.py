"""Valid messages from ``random.Random``: by the same builders that the strategies use.

Hypothesis looks for what fails, so it repeats, shrinks and changes with its own version; many
messages that are the same for the same seed are better drawn directly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.faults import COMPANIONS, FAULT_CODES
from ips_contract.contract.versions import LATEST, Version, version_for_namespace
from ips_contract.generation.envelopes import envelope, fault_in, header_namespaces
from ips_contract.generation.handles import job_handle_for
from ips_contract.generation.messages import message_names, message_source, request_sources
from ips_contract.generation.plans import TreeBuilder, density
from ips_contract.generation.serialization import Node, to_element
from ips_contract.xml.parser import local_name
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    import random

    from lxml import etree

    from ips_contract.generation.messages import Source

_CHARACTERS = "aZ09 _-.,;:!?&<>'\"()/\\äÖßéñ漢字あ한글עربי€\t\n\U0001f600"
_LONGEST = 20
SOAP = ("1.1", "1.2")


def request_choices(versions: tuple[Version, ...], job: str | None = None) -> list[Source]:
    """What ``draw`` can draw submitJob requests from."""
    return request_sources(versions, job, {}, warnings=False)


def message_choices(versions: tuple[Version, ...], name: str) -> list[Source]:
    """What ``draw`` can draw messages called ``name`` from, of the versions that have it."""
    known = [
        version for version in versions if name in message_names(version) or name in COMPANIONS
    ]
    return [message_source(version, name) for version in known]


def draw(chance: random.Random, source: Source) -> Node:
    """A valid element of ``source``."""

    def text() -> str:
        return "".join(chance.choices(_CHARACTERS, k=chance.randrange(_LONGEST)))

    data = chance.randbytes(1 + source.plan.width)
    builder = TreeBuilder(source.namespace, data, density(data[0]), text)
    return Node(source.namespace, source.name, builder.children(source.plan, 1, source.name))


def draw_fault(chance: random.Random) -> Node:
    """An envelope with a valid fault of the service."""
    kind = chance.choice(sorted({row.kind for row in FAULT_CODES.values()}))
    soap = chance.choice(SOAP)
    return envelope(fault_in(soap, draw(chance, message_source(LATEST, kind))), soap, [], 0)


def draw_envelope(chance: random.Random, message: Node) -> Node:
    """An envelope around ``message``: with an authHeader, or in one of two around an answer."""
    found = version_for_namespace(message.namespace)
    version = found[0] if found is not None else LATEST
    namespace = chance.choice(header_namespaces(version))
    login = draw(chance, message_source(version, "authHeader", namespace=namespace))
    with_login = chance.random() < 0.5 or message.name.endswith("Param")
    return envelope(message, chance.choice(SOAP), [login] if with_login else [], 0)


def answer_to(chance: random.Random, request: etree._Element, version: Version) -> Node:
    """An answer that belongs to ``request``: its operation's Return, with a matching handle."""
    name = local_name(request).removesuffix("Param") + "Return"
    answer = draw(chance, message_source(version, name))
    if name != "submitJobReturn":
        return answer
    sent = {local_name(child): child.text or "" for child in request}
    handle = job_handle_for(sent["companyHandle"], sent["jobName"], version)
    return answer._replace(content=[Node(version.namespace, "jobHandle", handle)])


def draw_exchange(chance: random.Random, source: Source) -> tuple[etree._Element, etree._Element]:
    """A request of ``source`` and an answer that belongs to it."""
    request = to_element(draw(chance, source))
    for child in request:
        if local_name(child) == "companyHandle":
            child.text = collapse(child.text or "")  # As the handle in the answer has it.
    return request, to_element(answer_to(chance, request, source.version))
