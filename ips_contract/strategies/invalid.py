"""Hypothesis strategies for invalid messages: a valid one, and one mutation of it.

Each example is an ``Invalid``: the bytes, and what the validator says of these bytes. Nothing is
filtered, so shrinking cannot lose the defect: the smallest example is the smallest message with
the plainest mutation that breaks the same rule.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, PRE_4_0, Version, version_for_namespace
from ips_contract.generation.envelopes import envelope, fault_in
from ips_contract.generation.messages import message_names, versions_of
from ips_contract.generation.minimal import least_message
from ips_contract.generation.mutations.mutation import (
    CONTENT,
    DOCUMENT,
    EXCHANGE,
    WRAPPING,
    Mutation,
)
from ips_contract.generation.mutations.table import (
    MUTATIONS,
    Invalid,
    break_rules,
    possible,
    rule_ids,
)
from ips_contract.generation.serialization import from_element, to_element
from ips_contract.generation.tree_walk import messages, put
from ips_contract.strategies import valid, wrappings
from ips_contract.strategies.drawing import draw_bytes
from ips_contract.wsdl.version import version_by
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import local_name, namespace_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from hypothesis.strategies import DrawFn
    from lxml import etree

    from ips_contract.generation.messages import Versions
    from ips_contract.generation.minimal import Choose
    from ips_contract.generation.mutations.table import Rules
    from ips_contract.wsdl.version import GivenWsdl


T = TypeVar("T")

_BARE = (CONTENT, DOCUMENT)
_ALL = (CONTENT, WRAPPING, DOCUMENT)


class Candidates(dict[Version, tuple[SearchStrategy[Any], tuple[Mutation, ...]]]):
    """Version → its valid documents, and the mutations to choose from."""

    def __repr__(self) -> str:  # Hypothesis shows arguments, and warns if they are long.
        rules = dict.fromkeys(each.rule for _, mutations in self.values() for each in mutations)
        return f"<{', '.join(rules)} in {', '.join(map(str, self))}>"


# Bytes for the choices of one mutation: two for each. If a choice were a draw of its own, an
# example with fewer of them would pass for smaller than one with a smaller message.
_WIDTH = 16


def _chooser(draw: DrawFn, count: int = 1) -> Choose:
    data = iter(draw_bytes(draw, _WIDTH * count))

    def choose(options: Sequence[T], /) -> T:
        return options[(next(data, 0) << 8 | next(data, 0)) % len(options)]

    return choose


def _candidates(
    rule: Rules,
    version: Versions,
    documents: Callable[[Version], SearchStrategy[Any]],
    mutations_of: Callable[[Version], tuple[Mutation, ...]],
    usual: Collection[str],
) -> Candidates:
    """The documents and mutations of each version.

    Without a rule, those of the ``usual`` levels whose rule is an error. Versions that cannot
    break any of the rules are left out.

    Raises:
        ValueError: a rule is unknown, or no version can break it.
    """
    versions = versions_of(version)
    everything = {one: mutations_of(one) for one in versions}
    allowed = {mutation.rule for mutations in everything.values() for mutation in mutations}
    rule_ids(rule)  # Unknown ones first: the list is longer.
    wanted = rule_ids(rule, allowed)
    found = Candidates()
    for one, mutations in everything.items():
        chosen = tuple(
            mutation
            for mutation in mutations
            if mutation.rule in wanted and (rule is not None or mutation.level in usual)
        )
        if chosen:
            found[one] = (documents(one), chosen)
    return found


def _pick(choose: Choose, mutations: tuple[Mutation, ...]) -> Mutation:
    """One of ``mutations``, each rule as likely as another."""
    rule = choose(tuple(dict.fromkeys(mutation.rule for mutation in mutations)))
    return choose([mutation for mutation in mutations if mutation.rule == rule])


@st.composite
def _broken(draw: DrawFn, candidates: Candidates, *, keep_job: bool = False) -> Invalid:
    version = draw(st.sampled_from(list(candidates)))
    documents, mutations = candidates[version]
    document = draw(documents)
    choose = _chooser(draw)
    mutation = _pick(choose, mutations)
    request, root = document if isinstance(document, tuple) else (None, document)
    return break_rules(root, version, [mutation], choose, request=request, keep_job=keep_job)


@lru_cache(maxsize=1024)
def _possible(version: Version, name: str) -> tuple[Mutation, ...]:
    """The mutations of messages called ``name``: what the least one can suffer, all can."""
    return possible(least_message(version, name), version, _ALL)


def invalid_submit_job_requests(
    rule: Rules = None,
    version: Versions = None,
    job: str | None = None,
    *,
    wsdl: GivenWsdl | None = None,
) -> SearchStrategy[Invalid]:
    """``submitJobParam`` messages that break exactly one rule.

    Args:
        rule: one or several rule ids; by default any whose breaking is an error and leaves a
            bare message. Rules about envelopes put it into one.
        version: one or several versions; all by default. Those that cannot break the rule are
            left out.
        job: the job element, which then stays; any by default, and where the rule is about a
            part of another job, that job comes in.
        wsdl: instead of versions, the WSDL that they are of but for the mistake: a file, the WSDL
            itself as bytes, or what ``version_of`` of ``ips_contract.wsdl`` gave.

    Raises:
        TypeError: version and wsdl are both given.
        ValueError: the WSDL cannot be read; or the rule, version or job is unknown, or they do not
            go together.
    """

    def documents(one: Version) -> SearchStrategy[Any]:
        return valid.submit_job_requests(one, job, form="element")

    def mutations(one: Version) -> tuple[Mutation, ...]:
        return _possible(one, "submitJobParam") if job is None else _possible_with(one, job)

    versions = versions_of(version_by(version, wsdl))
    if job is not None:
        versions = tuple(one for one in versions if _is_clean(one, job))
        if not versions:
            raise ValueError(f"no clean message of these versions has the job {job!r}")
    return _broken(
        _candidates(rule, versions, documents, mutations, _BARE), keep_job=job is not None
    )


def _is_clean(version: Version, job: str) -> bool:
    fields = contract(version).complex_types["submitJobParamType"].fields
    return any(field.name == job and field.present is None for field in fields)


@lru_cache(maxsize=256)
def _possible_with(version: Version, job: str) -> tuple[Mutation, ...]:
    root = least_message(version, "submitJobParam")
    kind = contract(version).complex_types["submitJobParamType"]
    location = next(messages(root, version))
    put(root, kind, next(field for field in kind.fields if field.name == job), location)
    return possible(root, version, _ALL, keep_job=True)


def invalid_submit_job_responses(
    rule: Rules = None, version: Versions = None, *, wsdl: GivenWsdl | None = None
) -> SearchStrategy[Invalid]:
    """``submitJobReturn`` messages that break exactly one rule; see ``invalid_messages``."""
    return invalid_messages("submitJobReturn", rule, version, wsdl=wsdl)


def invalid_messages(
    name: str, rule: Rules = None, version: Versions = None, *, wsdl: GivenWsdl | None = None
) -> SearchStrategy[Invalid]:
    """Messages of any operation that break exactly one rule.

    Args:
        name: such as ``"getActiveJobsReturn"``.
        rule: as for ``invalid_submit_job_requests``.
        version: as there.
        wsdl: as there.

    Raises:
        ValueError: the name, rule or version is unknown, or they do not go together. Rules about
            a part that the message has not cannot be broken in it.
    """
    chosen = version_by(version, wsdl)
    valid.messages(name, chosen)  # Says what is wrong with the name.
    versions = [one for one in versions_of(chosen) if name in message_names(one)]
    if not versions:
        raise ValueError(f"{name} is an operation; give one of its messages, such as {name}Param")
    candidates = _candidates(
        rule,
        versions,
        lambda one: valid.messages(name, one, form="element"),
        lambda one: _possible(one, name),
        _BARE,
    )
    return _broken(candidates)


def invalid_envelopes(
    rule: Rules = None, version: Versions = None, *, wsdl: GivenWsdl | None = None
) -> SearchStrategy[Invalid]:
    """SOAP envelopes around submitJob requests that break exactly one rule.

    Args:
        rule: as for ``invalid_submit_job_requests``; by default also those about envelopes.
        version: as there.
        wsdl: as there.

    Raises:
        ValueError: the rule or version is unknown, or they do not go together.
    """
    candidates = _candidates(
        rule,
        version_by(version, wsdl),
        lambda one: wrappings.envelopes(version=one, form="element"),
        lambda one: _possible(one, "submitJobParam"),
        _ALL,
    )
    return _broken(candidates)


def invalid_faults(rule: Rules = None) -> SearchStrategy[Invalid]:
    """Faults of the service, in envelopes, that break exactly one rule.

    Args:
        rule: as for ``invalid_submit_job_requests``; ``"fault-code"`` is a warning.

    Raises:
        ValueError: the rule is unknown or not one about faults.
    """
    candidates = _candidates(
        rule,
        LATEST,
        lambda _: wrappings.faults(soap="1.1", form="element"),
        lambda _: _possible_in_faults(),
        _ALL,
    )
    return _broken(candidates)


@lru_cache(maxsize=1)
def _possible_in_faults() -> tuple[Mutation, ...]:
    detail = from_element(least_message(LATEST, "ipsApiFault"))
    root = to_element(envelope(fault_in("1.1", detail), "1.1", [], 0))
    return possible(root, LATEST, _ALL)


def invalid_exchanges(
    rule: Rules = None, version: Versions = None, *, wsdl: GivenWsdl | None = None
) -> SearchStrategy[Invalid]:
    """Answers that are valid and do not belong to their ``.request``.

    Args:
        rule: one or several of the ``exchange-…`` rules; any of them by default.
        version: of the request; one or several; all by default.
        wsdl: as for ``invalid_submit_job_requests``.

    Raises:
        ValueError: the rule or version is unknown, or not one about exchanges.
    """
    candidates = _candidates(
        rule,
        version_by(version, wsdl),
        lambda one: wrappings.exchanges(one, faults=False, form="element"),
        lambda one: possible(least_message(one, "submitJobReturn"), one, (EXCHANGE,)),
        (EXCHANGE,),
    )
    return _broken(candidates)


def mutated(
    messages: SearchStrategy[bytes] | SearchStrategy[etree._Element],
    rule: Rules = None,
    count: int = 1,
) -> SearchStrategy[Invalid]:
    """``messages`` after ``count`` mutations, each for another rule.

    Of several, a later one may hide an earlier one: ``.rules`` says what is left to find.

    Args:
        messages: valid documents, as bytes or elements. Requests in a wrapping without credentials
            are judged as ``validate(..., logged_in=True)`` does.
        rule: the rules to choose from; by default any whose breaking is an error.
        count: how many.

    Raises:
        ValueError: a rule is unknown; and, when drawing, a message has no place for so many.
    """
    return _mutated(messages, rule_ids(rule), count)


@st.composite
def _mutated(
    draw: DrawFn, messages: SearchStrategy[Any], wanted: tuple[str, ...], count: int
) -> Invalid:
    message = draw(messages)
    root: etree._Element = parse(message) if isinstance(message, bytes) else message
    inner = message_in(root)
    found = version_for_namespace(namespace_of(root if inner is None else inner))
    version = PRE_4_0 if found is None else found[0]
    choose = _chooser(draw, count)
    name = local_name(root if inner is None else inner)
    known = name in contract(version).messages
    able = [
        each
        for each in (_possible(version, name) if known else possible(root, version, _ALL))
        if each.rule in wanted
    ]
    chosen: list[Mutation] = []
    while len(chosen) < count:
        taken = {mutation.rule for mutation in chosen}
        if any(mutation.level == DOCUMENT for mutation in chosen):
            taken |= {rule for rule in MUTATIONS if MUTATIONS[rule][0].level == DOCUMENT}
        left = tuple(each for each in able if each.rule not in taken)
        if not left:
            raise ValueError(f"this message of {version} cannot break {count} of these rules")
        chosen.append(_pick(choose, left))
    return break_rules(root, version, chosen, choose)
