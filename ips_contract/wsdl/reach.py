"""Which operations have a type in their requests and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ips_contract.wsdl.model import ComplexType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ips_contract.wsdl.model import Wsdl


@dataclass
class Uses:
    """Where a type or element is used: operations by name, and whether in headers or faults."""

    requests: dict[str, None] = field(default_factory=dict)
    answers: dict[str, None] = field(default_factory=dict)
    in_headers: bool = False
    in_faults: bool = False

    @property
    def request(self) -> bool:
        """Whether requests have it."""
        return bool(self.requests) or self.in_headers

    @property
    def answer(self) -> bool:
        """Whether answers have it."""
        return bool(self.answers) or self.in_faults


def uses_in(wsdl: Wsdl) -> dict[str, Uses]:
    """The uses of the types, by their names and keys, and of the elements, as ``element …``."""
    found: dict[str, Uses] = {}
    for port_type in wsdl.port_types.values():
        for name, operation in port_type.operations.items():
            for key in _below(wsdl, [operation.input]):
                found.setdefault(key, Uses()).requests[name] = None
            for key in _below(wsdl, [operation.output]):
                found.setdefault(key, Uses()).answers[name] = None
    faults = {
        message
        for port_type in wsdl.port_types.values()
        for operation in port_type.operations.values()
        for message in operation.faults.values()
    }
    headers = {
        message
        for binding in wsdl.bindings.values()
        for operation in binding.operations.values()
        for message, _ in operation.headers
    }
    for key in _below(wsdl, sorted(faults)):
        found.setdefault(key, Uses()).in_faults = True
    for key in _below(wsdl, sorted(headers)):
        found.setdefault(key, Uses()).in_headers = True
    return found


def _below(wsdl: Wsdl, messages: Iterable[str]) -> Iterator[str]:
    """The elements and types that ``messages`` have, each once."""
    waiting = []
    for name in messages:
        for part in wsdl.messages[name].parts if name else ():
            if part.element:
                yield f"element {part.element}"
                waiting.append(wsdl.elements[part.element].type)
            else:
                waiting.append(part.type)
    seen = set(waiting)
    while waiting:
        key = waiting.pop()
        kind = wsdl.types.get(key)
        if kind is None:
            continue  # One of XSD's own.
        yield key
        below = {kind.base}
        if isinstance(kind, ComplexType):
            below = {each.type for each in kind.fields} | {kind.value, kind.base.rpartition(" ")[2]}
            below |= {each.type for each in kind.attributes.values()}
        waiting += sorted(below - seen)
        seen |= below
