"""Mutations of exchanges: answers that are valid, but not to their request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import read_job_handle
from ips_contract.contract.model import contract
from ips_contract.contract.versions import PRE_4_0, VERSIONS, Version
from ips_contract.generation.minimal import Choose, least_message
from ips_contract.generation.mutations.mutation import EXCHANGE, Mutation, Subject, Target
from ips_contract.generation.tree_walk import child_named, element_at, messages
from ips_contract.xml.parser import local_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree


def _answers(name: str) -> Callable[[Subject], list[Target]]:
    def find(subject: Subject) -> list[Target]:
        for location in messages(subject.root, subject.version):
            own = local_name(element_at(subject.root, location.at))
            if own.endswith("Return") and (not name or own == name.split("/")[1]):
                return [Target(name or f"/{own}", location, None, subject.version)]
        return []

    return find


def _other_operations(subject: Subject) -> list[Target]:
    names = [name for name in contract(subject.version).messages if name.endswith("Return")]
    return [
        target._replace(path=f"/{name}", what=name)
        for target in _answers("")(subject)
        for name in names
        if f"/{name}" != target.path
    ]


def _other_operation(root: etree._Element, target: Target, _choose: Choose) -> etree._Element:
    assert target.location is not None
    old = element_at(root, target.location.at)
    return _exchanged(root, old, least_message(target.version, str(target.what)))


def _versions_with(name: str, version: Version) -> list[Version]:
    """The other versions that have the message ``name``."""
    return [v for v in VERSIONS if v != version and name in contract(v).messages]


def _other_versions(subject: Subject) -> list[Target]:
    return [
        target
        for target in _answers("")(subject)
        if _versions_with(target.path.removeprefix("/"), subject.version)
    ]


def _other_version(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
    assert target.location is not None
    old = element_at(root, target.location.at)
    name = local_name(old)
    other = choose(_versions_with(name, target.version))
    return _exchanged(root, old, least_message(other, name))


def _exchanged(root: etree._Element, old: etree._Element, new: etree._Element) -> etree._Element:
    parent = old.getparent()
    if parent is None:
        return new
    parent.replace(old, new)
    return root


def _other_handle(part: str) -> Callable[[etree._Element, Target, Choose], etree._Element]:
    def apply(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
        assert target.location is not None
        element = child_named(element_at(root, target.location.at), "jobHandle")
        assert element is not None
        handle = read_job_handle(element.text or "")
        assert handle is not None
        if part == "company":
            handle = handle._replace(company=choose((f"{handle.company}0", f"9{handle.company}")))
        else:
            handle = handle._replace(name=choose((f"{handle.name}x", f"x{handle.name}", "")))
        element.text = handle.text(dated=target.version is not PRE_4_0)
        return root

    return apply


EXCHANGE_MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        *("exchange-return", "operation", "answers another operation", EXCHANGE),
        *(_other_operations, _other_operation),
    ),
    Mutation(
        *("exchange-version", "version", "answers in another version", EXCHANGE),
        *(_other_versions, _other_version),
    ),
    Mutation(
        *("exchange-company", "company", "answers with another company's handle", EXCHANGE),
        *(_answers("/submitJobReturn/jobHandle"), _other_handle("company")),
    ),
    Mutation(
        *("exchange-job-name", "name", "answers with another job's handle", EXCHANGE),
        *(_answers("/submitJobReturn/jobHandle"), _other_handle("name")),
    ),
)
