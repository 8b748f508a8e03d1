"""Takes the attributes off a message that the service reads past, and libxml2 complains of.

Clients of some toolkits give each value its xsi:type (Axis, SOAP::Lite), and all of them are right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.content_models import content_models
from ips_contract.validation.attributes import TOLERATED, TOO_LARGE, judge_attributes
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.contract.content_models import ContentModel
    from ips_contract.contract.versions import Version


def forget_tolerated(message: etree._Element, version: Version) -> None:
    """Takes such attributes off ``message`` and the elements in it, as far as they are known.

    No finding is about them, so it makes no difference to any but the time that it takes to say so.

    Args:
        message: a message of ``version``, or its authHeader, of a tree that nobody else reads
            attributes of.
        version: the version to judge it by.
    """
    namespace = namespace_of(message)
    model = content_models(version, namespace).message(local_name(message))
    _forget_below(message, model, namespace)


def _forget_below(element: etree._Element, model: ContentModel, namespace: str) -> bool:
    """The same for ``element``; whether to go on."""
    if element.keys() and not _forget(
        element, model.names, namespace, foreign=model.definition.foreign
    ):
        return False
    particles = model.particles or model.fill()
    for child in element[:]:
        particle = particles.get(child.tag)
        if particle is None:
            continue
        if particle.content is not None:
            if not _forget_below(child, particle.content, namespace):
                return False
        elif particle.simple is not None and child.keys():
            types = {particle.simple.name, particle.simple.base}
            if not _forget(child, types, namespace, foreign=False):
                return False
    return True


def _forget(element: etree._Element, types: set[str], namespace: str, *, foreign: bool) -> bool:
    for rule, words in judge_attributes(element, types, namespace, foreign=foreign):
        if rule == TOO_LARGE:
            return False
        if rule == TOLERATED:
            del element.attrib[words]
    return True
