"""Makes the operation that a client is asked to call of the contract, and says which cases fit it.

The answer has no more fields than the contract needs, and the one that the client prints. Of a
field that takes any text the value is the name that the client was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.battery.scenarios.answer import Asked
from ips_contract.battery.scenarios.operation import SUBMIT, Operation
from ips_contract.battery.scenarios.scenario import JOB_NAME
from ips_contract.contract.model import contract
from ips_contract.contract.versions import PRE_4_0, VERSIONS
from ips_contract.generation.samples import sample
from ips_contract.validation.validator import validate
from ips_contract.xml.parser import children, local_name, parse, text_of
from ips_contract.xml.text import list_of, no_such

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.battery.scenarios.scenario import Scenario
    from ips_contract.contract.versions import Version

_ANY_TEXT = " a <b> & 🚀 ]]> "
_MOST_LEAVES = 60  # Of an answer, that are looked at for the one that is printed.


def why_not(scenario: Scenario, version: Version) -> str:
    """Why the case says nothing about its operation, ``""`` if it does."""
    operation, body = scenario.operation, scenario.answer.body
    if operation.is_submission:
        return ""
    if scenario.handle:
        return "it is about the form of a job's handle"
    if not operation.prints and "%field%" in str(body):
        return "the answer has no field with a value"
    named = scenario.job_name != JOB_NAME
    if named and not (operation.sends or operation.takes_text):
        return "the name is in no field"
    if "xsd:string" in str(body) and not operation.takes_text:
        return "the field is no text"
    if scenario.of_field and not _is_wrong(scenario, version):
        return "the contract does not rule this out"
    if scenario.of_field and not operation.needed:
        return "the contract does not require the field"
    return ""


def _is_wrong(scenario: Scenario, version: Version) -> bool:
    handle = scenario.served(dated=bool(version.date))
    asked = Asked(version.namespace, handle, operation=scenario.operation)
    return bool(validate(scenario.answer.entity(asked)).errors)


def version_with(name: str) -> Version:
    """The oldest version if it has the operation ``name``, else the latest that has it."""
    having = [row for row in VERSIONS if f"{name}Param" in contract(row).messages]
    return PRE_4_0 if not having or PRE_4_0 in having else having[-1]


def operation_of(name: str, version: Version, prints: str = "", sends: str = "") -> Operation:
    """The operation ``name`` of ``version``.

    Args:
        name: such as ``getAssetsByName``.
        version: whose fields the answer has.
        prints: path of the field whose value is printed, such as ``assetArray/items/name``; by
            default the first one that the contract requires and that takes any text, else the
            first that takes any text, else the first one.
        sends: path of the field of the request that has the name, such as ``nameArray/items``; by
            default jobName for submitJob, and none for others.

    Raises:
        ValueError: the version has no such operation, or its messages no such field.
    """
    names = contract(version).messages
    known = tuple(each.removesuffix("Param") for each in names if each.endswith("Param"))
    if name not in known:
        raise ValueError(no_such("operation", name, known, f"in {version}"))
    if name == SUBMIT.name:
        if prints not in ("", "jobHandle") or sends not in ("", "jobName"):
            raise ValueError("of submitJob the client prints jobHandle and sends jobName")
        return SUBMIT
    sent = _path(sends, f"{name}Param", version)
    root = parse(sample(f"{name}Return", version, full=True))
    leaves = dict(_leaves(root))
    if prints:
        chosen = leaves[_path(prints, f"{name}Return", version)]
    elif leaves:
        chosen = _first(root, list(leaves.values())[:_MOST_LEAVES])
    else:
        return Operation(name, (), sent, value="")
    path = next(path for path, leaf in leaves.items() if leaf is chosen)
    _prune(root, chosen)
    text = text_of(chosen)
    before, after = _around(root, chosen)
    takes = _takes_text(root, chosen)
    return Operation(name, path, sent, before, after, text, takes, _is_needed(root, chosen))


def _path(words: str, message: str, version: Version) -> tuple[str, ...]:
    """The path that ``words`` say.

    Raises:
        ValueError: ``message`` has no such field with a value.
    """
    path = tuple(words.split("/")) if words else ()
    known = [row for row, _ in _leaves(parse(sample(message, version, full=True)))]
    if path and path not in known:
        shown = [f"{'/'.join(row)}" for row in known[:20]]
        more = f", and {len(known) - 20} more" if len(known) > 20 else ""
        have = f"it has {list_of(shown, 'and')}{more}" if shown else "it has none"
        raise ValueError(f"{message} has no field {words} with a value in {version}; {have}")
    return path


def _leaves(
    element: etree._Element, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], etree._Element]]:
    """Path and element of each field with a value."""
    for child in children(element):
        below = (*path, local_name(child))
        if children(child):
            yield from _leaves(child, below)
        elif text_of(child):
            yield below, child


def _is_valid(root: etree._Element) -> bool:
    return not validate(etree.tostring(root)).errors


def _first(root: etree._Element, leaves: list[etree._Element]) -> etree._Element:
    texts = [leaf for leaf in leaves if _takes_text(root, leaf)]
    return next((leaf for leaf in texts if _is_needed(root, leaf)), (*texts, *leaves)[0])


def _takes_text(root: etree._Element, leaf: etree._Element) -> bool:
    before, leaf.text = leaf.text, _ANY_TEXT
    found = _is_valid(root)
    leaf.text = before
    return found


def _is_needed(root: etree._Element, leaf: etree._Element) -> bool:
    """Whether the answer is wrong without the field, and so are its parts and lists."""
    parents = list(leaf.iterancestors())
    return all(not _valid_without(root, each) for each in (leaf, *parents) if each is not root)


def _valid_without(root: etree._Element, element: etree._Element) -> bool:
    parent = element.getparent()
    assert parent is not None
    place = parent.index(element)
    parent.remove(element)
    found = _is_valid(root)
    parent.insert(place, element)
    return found


def _prune(root: etree._Element, leaf: etree._Element) -> None:
    """Takes out all that the contract does not need, but the field."""
    kept = {leaf, *leaf.iterancestors()}
    waiting = [root]
    while waiting:  # From the top: what is in a part that can go is not looked at.
        parent = waiting.pop()
        for child in children(parent):
            if child not in kept and _valid_without(root, child):
                parent.remove(child)
            else:
                waiting.append(child)


def _around(root: etree._Element, leaf: etree._Element) -> tuple[str, str]:
    whole = "".join(_written(child, leaf) for child in children(root))
    before, _, after = whole.partition("\0")
    return before, after


def _written(element: etree._Element, leaf: etree._Element) -> str:
    """An element as text, ``@`` before each name, and NUL for ``leaf``."""
    if element is leaf:
        return "\0"
    name = local_name(element)
    below = "".join(_written(child, leaf) for child in children(element))
    text = text_of(element).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<@{name}>{below or text}</@{name}>"
