"""Differences in the frame of two WSDLs: names, services, bindings, operations and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.wsdl.differences import NONE, THERE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ips_contract.wsdl.differences import Findings, Side
    from ips_contract.wsdl.model import Binding, Message, Operation, PortType

# Property → (ours, theirs) → the bindings in which they differ so, and the line in theirs.
_Bound = dict[tuple[str, str, str, str], tuple[list[str], int]]


def compare_frames(findings: Findings) -> None:
    """Adds the differences of all that is not in the schemas."""
    _Frame(findings).compare()


def operations_of(side: Side) -> dict[str, Operation]:
    """The operations of all port types, by name."""
    return {
        name: operation
        for port_type in side.wsdl.port_types.values()
        for name, operation in port_type.operations.items()
    }


def _users_of(side: Side) -> dict[str, set[str]]:
    """Message → the operations that have it."""
    found: dict[str, set[str]] = {}
    for name, row in operations_of(side).items():
        for message in (row.input, row.output, *row.faults.values()):
            found.setdefault(side.framed(message), set()).add(name)
    return found


class _Frame:
    def __init__(self, findings: Findings) -> None:
        self._add = findings.add
        self._ours = findings.ours
        self._theirs = findings.theirs
        self._operations = operations_of(self._ours), operations_of(self._theirs)
        # Their names → ours of the same thing, where it was only renamed.
        self._renamed: dict[str, str] = {}

    def compare(self) -> None:
        """Adds all differences."""
        ours, theirs = self._ours.wsdl, self._theirs.wsdl
        if ours.own != theirs.own:
            self._add("namespace", "", ours.own or NONE, theirs.own or NONE, 1)
        for field in ("name", "namespace"):
            pair = getattr(ours, field), getattr(theirs, field)
            if pair[0] != pair[1]:
                self._add("definitions", field, *pair, 1)
        self._forms()
        self._messages()
        for key, table in (("port-type", "port_types"), ("binding", "bindings")):
            self._names(key, getattr(ours, table), getattr(theirs, table))
        self._port_types()
        self._bindings()
        self._services()

    def _forms(self) -> None:
        tables = [
            {side.common(f"{{{space}}}"): row for space, row in side.wsdl.schemas.items()}
            for side in (self._ours, self._theirs)
        ]
        for space, theirs in tables[1].items():
            ours = tables[0].get(space)
            if ours is None:
                continue  # What is in it is added.
            for field in ("element_form", "attribute_form"):
                pair = getattr(ours, field), getattr(theirs, field)
                if pair[0] != pair[1]:
                    what = f"{field.partition('_')[0]}FormDefault"
                    at = "" if space == "{}" else f" of {space[1:-1]}"
                    self._add("form", f"{what}{at}", *pair, theirs.line)

    def _names(self, key: str, ours: Collection[str], theirs: Mapping[str, object]) -> None:
        """Adds what is in one of both, by expanded names; one on each side is renamed."""
        left = {self._ours.framed(name): name for name in ours}
        right = {self._theirs.framed(name): name for name in theirs}
        gone = [name for name in left if name not in right]
        new = [name for name in right if name not in left]
        if len(gone) == len(new) == 1:
            line = theirs[right[new[0]]].line  # type: ignore[attr-defined] # All of them have one.
            self._renamed[new[0]] = gone[0]
            self._add(key, "name", gone[0], new[0], line)
            return
        for name in gone:
            self._add(f"{key}-removed", name, THERE, NONE, 0)
        for name in new:
            line = theirs[right[name]].line  # type: ignore[attr-defined] # As above.
            self._add(f"{key}-added", name, NONE, THERE, line)

    def _name(self, name: str) -> str:
        """What ours calls what theirs calls ``name``."""
        framed = self._theirs.framed(name)
        return self._renamed.get(framed, framed)

    # Messages

    def _messages(self) -> None:
        ours, theirs = self._ours, self._theirs
        sides = []
        for side, other in ((ours, self._operations[1]), (theirs, self._operations[0])):
            users = _users_of(side)
            # Not those that only operations have which the other side lacks.
            sides.append(
                {
                    name: row
                    for name, row in side.messages.items()
                    if name not in users or not users[name].isdisjoint(other)
                }
            )
        left, right = sides
        self._names("message", left, right)
        users = _users_of(theirs)
        for name, row in right.items():
            before = left.get(self._renamed.get(name, name))
            if before is not None:
                self._parts(name, before, row, sorted(users.get(name, ())))

    def _parts(self, name: str, ours: Message, theirs: Message, users: list[str]) -> None:
        operation = users[0] if len(users) == 1 else ""
        rows = [
            [(p.name, side.common(p.element), side.common(p.type)) for p in message.parts]
            for side, message in ((self._ours, ours), (self._theirs, theirs))
        ]
        if rows[0] != rows[1]:
            self._add(
                "message-part",
                f"message {name}",
                _parts_text(ours),
                _parts_text(theirs),
                theirs.line,
                operation=operation,
            )

    # Port types and bindings

    def _pairs(self, table: str) -> Iterator[tuple[str, object, object]]:
        """What both have of ``table``: theirs' name, and both values."""
        ours = {self._ours.framed(k): v for k, v in getattr(self._ours.wsdl, table).items()}
        for name, theirs in getattr(self._theirs.wsdl, table).items():
            before = ours.get(self._name(name))
            if before is not None:
                yield self._theirs.framed(name), before, theirs

    def _port_types(self) -> None:
        pairs: list[tuple[str, PortType, PortType]] = list(self._pairs("port_types"))  # type: ignore[arg-type]
        for _, ours, theirs in pairs:
            for name in ours.operations.keys() - theirs.operations.keys():
                self._add("operation-removed", "", THERE, NONE, 0, operation=name)
            for name, after in theirs.operations.items():
                before = ours.operations.get(name)
                if before is None:
                    self._add("operation-added", "", NONE, THERE, after.line, operation=name)
                else:
                    self._operation(name, before, after)

    def _operation(self, name: str, ours: Operation, theirs: Operation) -> None:
        def add(field: str, before: str, after: str) -> None:
            if before != after:
                texts = before or NONE, after or NONE
                self._add("operation", field, *texts, theirs.line, operation=name)

        framed = self._ours.framed
        add("input", framed(ours.input), self._name(theirs.input))
        add("output", framed(ours.output), self._name(theirs.output))
        add("name of input", ours.names[0], theirs.names[0])
        add("name of output", ours.names[1], theirs.names[1])
        for fault in dict.fromkeys((*ours.faults, *theirs.faults)):
            before, after = ours.faults.get(fault, ""), theirs.faults.get(fault, "")
            add(f"fault {fault}", framed(before), self._name(after))

    def _bindings(self) -> None:
        pairs: list[tuple[str, Binding, Binding]] = list(self._pairs("bindings"))  # type: ignore[arg-type]
        bound: _Bound = {}
        for binding, ours, theirs in pairs:
            for key in dict.fromkeys((*ours.properties, *theirs.properties)):
                before, after = ours.properties.get(key, ""), theirs.properties.get(key, "")
                if key == "port type":
                    before, after = self._ours.framed(before), self._name(after)
                if before != after:
                    field = f"{key} of {binding}"
                    self._add("binding", field, before or NONE, after or NONE, theirs.line)
            for name in self._operations[0].keys() & self._operations[1].keys():
                for key, before, after, line in self._bound(name, ours, theirs):
                    names, _ = bound.setdefault((name, key, before, after), ([], line))
                    names.append(binding)
        for (name, key, before, after), (names, line) in bound.items():
            kind = "soap-action" if key == "soapAction" else "bound-operation"
            at = f" in {', '.join(names)}" if len(names) < len(pairs) else ""
            self._add(kind, key + at, before or NONE, after or NONE, line, operation=name)

    def _bound(
        self, name: str, ours: Binding, theirs: Binding
    ) -> Iterator[tuple[str, str, str, int]]:
        """What differs in how two bindings have an operation: of what, ours, theirs, their line."""
        before, after = ours.operations.get(name), theirs.operations.get(name)
        if before is None or after is None:
            if before is not after:
                texts = ("", THERE) if before is None else (THERE, "")
                yield "the operation", *texts, theirs.line if after is None else after.line
            return
        for key in dict.fromkeys((*before.properties, *after.properties)):
            pair = before.properties.get(key, ""), after.properties.get(key, "")
            if " header " in key and not key.endswith((" use", " namespace", " encodingStyle")):
                pair = self._ours.framed(pair[0]), self._name(pair[1])
            if pair[0] != pair[1]:
                yield key, *pair, after.line

    def _services(self) -> None:
        self._names("service", self._ours.wsdl.services, self._theirs.wsdl.services)
        for _, ours, theirs in self._pairs("services"):
            self._names("port", ours.ports, theirs.ports)  # type: ignore[attr-defined]
            for name, after in theirs.ports.items():  # type: ignore[attr-defined]
                before = ours.ports.get(self._renamed.get(name, name))  # type: ignore[attr-defined]
                if before is None:
                    continue
                pair = self._ours.framed(before.binding), self._name(after.binding)
                if pair[0] != pair[1]:
                    self._add("port", f"binding of {name}", *pair, after.line)


def _parts_text(message: Message) -> str:
    return ", ".join(f"{p.name}: {p.element or p.type}" for p in message.parts) or NONE
