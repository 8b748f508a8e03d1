"""Content models: what may stand in an element, by tag, as the walk over a tree asks for it.

The words are XML Schema's: a content model has particles, each an element declaration with the
number of times that it may stand (XSD 1.0 part 1, section 2.2.3).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.model import (
    ComplexType,
    Contract,
    Field,
    SimpleType,
    contract,
    simple_type,
)
from ips_contract.contract.values import quick_accept

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version


class Particle(NamedTuple):
    """A field as the walk meets it: where it may stand, how often, and with what in it.

    ``position`` orders siblings; ``most`` is how many may stand before something is to be said;
    ``remarked``: its being there is remarked on; ``accepts`` is a quick predicate for texts
    without problems, or None; ``content`` is the model of an element with children, or None.
    """

    position: int
    name: str
    field: Field
    most: int
    remarked: bool
    simple: SimpleType | None
    accepts: Callable[[str], object] | None
    content: ContentModel | None


class ContentModel:
    """What may stand in an element of a complex type, in one version and namespace.

    Attributes:
        definition: the type.
        particles: its fields by tag, with the namespace in braces; None until first asked for, as
            most types never are.
        expected: the fields whose absence is remarked on, with their indices in the type.
        names: the names that xsi:type may give it: ours, and the service's where we narrow a type.
    """

    __slots__ = ("_models", "_table", "definition", "expected", "names", "particles")

    def __init__(self, definition: ComplexType, table: Contract, models: ContentModels) -> None:
        self.definition = definition
        self.names = {definition.name}
        self.particles: dict[object, Particle] | None = None
        self.expected = tuple(
            (index, field)
            for index, field in enumerate(definition.fields)
            if field.required or field.absent is not None
        )
        self._table = table
        self._models = models

    def fill(self) -> dict[object, Particle]:
        """``particles``, made now."""
        particles: dict[object, Particle] = {}
        position = 0
        fields = self.definition.fields
        for index, field in enumerate(fields):
            # Alternatives share a position: their order is not what is wrong with them.
            same = index and field.choice is not None and field.choice == fields[index - 1].choice
            position += not same
            simple = simple_type(self._table, field.type)
            content = None if simple else self._models[field.type]
            if content is not None and field.service:
                content.names.add(field.service)
            most = field.maximum if field.choice is None else None  # Of choices more is said.
            particles[self._models.prefix + field.name] = Particle(
                position,
                field.name,
                field,
                sys.maxsize if most is None else most,
                field.present is not None,
                simple,
                quick_accept(simple) if simple else None,
                content,
            )
        self.particles = particles
        return particles


class ContentModels(dict[str, ContentModel]):
    """Type's name → content model, of one version in one namespace; made when asked for."""

    def __init__(self, version: Version, namespace: str) -> None:
        super().__init__()
        self.prefix = f"{{{namespace}}}" if namespace else ""
        self._namespace = namespace
        self._table = contract(version)

    def __missing__(self, name: str) -> ContentModel:
        """Makes the content model of the type.

        Raises:
            KeyError: there is none of that name.
        """
        model = self[name] = ContentModel(self._table.complex_types[name], self._table, self)
        return model

    def message(self, name: str) -> ContentModel:
        """The content model of the message called ``name``.

        Raises:
            KeyError: there is none of that name.
        """
        return self[self._table.type_of(name, self._namespace)]


@lru_cache(maxsize=64)
def content_models(version: Version, namespace: str) -> ContentModels:
    """The content models of ``version``, for elements in ``namespace``; kept per process."""
    return ContentModels(version, namespace)
