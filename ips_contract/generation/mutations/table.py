"""The mutation table: for each rule, the ways to break it and no other.

Shared by the strategies for invalid messages, the command ``generate`` and the tests of the
validator. ``docs/reference/generate.md`` shows its use. To add a way, add a row to the
table in one of the modules beside this one.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.rules import ERROR, HTTP_RULES, RULES
from ips_contract.generation.minimal import first
from ips_contract.generation.mutations.exchanges import EXCHANGE_MUTATIONS
from ips_contract.generation.mutations.mutation import DOCUMENT, Mutation, Subject, Target
from ips_contract.generation.mutations.names import NAME_MUTATIONS
from ips_contract.generation.mutations.namespaces import NAMESPACE_MUTATIONS
from ips_contract.generation.mutations.structure import STRUCTURE_MUTATIONS
from ips_contract.generation.mutations.unreadable import UNREADABLE_MUTATIONS
from ips_contract.generation.mutations.values import VALUE_MUTATIONS
from ips_contract.generation.mutations.wrappings import WRAPPING_MUTATIONS
from ips_contract.generation.tree_walk import to_xml
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.validator import validate
from ips_contract.xml.parser import local_name
from ips_contract.xml.text import clipped, near

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ips_contract.contract.versions import Version
    from ips_contract.generation.minimal import Choose
    from ips_contract.validation.report import Violation

    Rules = None | str | Sequence[str]

# Rules that no document can be made to break: they report that an engine is wrong, or that we are,
# or are about HTTP headers.
BEYOND = HTTP_RULES | {"schema", "engine-disagreement", "too-many"}
_LOGIN = "no-credentials"
_SHOWN = 2000  # Characters of a document that a repr shows.


def _table(mutations: Iterable[Mutation]) -> dict[str, tuple[Mutation, ...]]:
    table: dict[str, tuple[Mutation, ...]] = {}
    for mutation in mutations:
        table[mutation.rule] = (*table.get(mutation.rule, ()), mutation)
    return table


# The plainest first: examples shrink to it.
MUTATIONS = _table(
    (
        *STRUCTURE_MUTATIONS,
        *NAME_MUTATIONS,
        *NAMESPACE_MUTATIONS,
        *VALUE_MUTATIONS,
        *WRAPPING_MUTATIONS,
        *EXCHANGE_MUTATIONS,
        *UNREADABLE_MUTATIONS,
    )
)


class Invalid(NamedTuple):
    """A document that breaks rules, and what the validator says of its bytes.

    Attributes:
        rule: id of the rule that it breaks; of the first in the document, if several were asked
            for.
        description: what was done to a valid document.
        path: where the finding is.
        line: on which line; None where there is none.
        version: the API version of the message.
        rules: ids of all rules that it breaks.
        xml: the document.
        request: the request that it answers, for rules about exchanges; None otherwise.
    """

    rule: str
    description: str
    path: str
    line: int | None
    version: Version
    rules: tuple[str, ...]
    xml: bytes
    request: bytes | None = None

    def __repr__(self) -> str:
        text = clipped(self.xml.decode(errors="backslashreplace"), _SHOWN)
        return f"<Invalid {self.rule} at {self.path} ({self.version}): {self.description}: {text}>"

    @property
    def element(self) -> etree._Element:
        """The document as a new tree.

        Raises:
            lxml.etree.XMLSyntaxError: it is no XML.
        """
        return etree.fromstring(self.xml, etree.XMLParser(resolve_entities=False))


def rule_ids(rule: Rules, allowed: Collection[str] = MUTATIONS) -> tuple[str, ...]:
    """The rules that ``rule`` names; for None all of ``allowed`` whose breaking is an error.

    Raises:
        ValueError: a rule is unknown, or not one of ``allowed``.
    """
    if rule is None:
        return tuple(name for name in MUTATIONS if name in allowed and is_error(name))
    names = (rule,) if isinstance(rule, str) else tuple(rule)
    for name in names or ("",):
        if name not in allowed:
            known = tuple(id_ for id_ in MUTATIONS if id_ in allowed)
            guess = near(name, known) if isinstance(name, str) else None
            hint = f"did you mean {guess}?" if guess else f"there are {', '.join(known)}"
            raise ValueError(f"no rule {name!r} that can be broken here; {hint}")
    return names


def is_error(rule: str) -> bool:
    """Whether a document that breaks ``rule`` is invalid, not only remarked on."""
    return RULES[rule].severity == ERROR


def targets_for(mutation: Mutation, subject: Subject, *, keep_job: bool = False) -> list[Target]:
    """Where ``mutation`` can be done to a document.

    ``keep_job``: not where the job would have to give way to another one first.
    """
    targets = mutation.find(subject)
    if keep_job:
        targets = [p for p in targets if p.location is None or p.location.replaces != "one-job"]
    return targets


def possible(
    root: etree._Element, version: Version, levels: Collection[str], *, keep_job: bool = False
) -> tuple[Mutation, ...]:
    """The mutations of some levels that can be done to ``root``."""
    subject = Subject(root, version)
    return tuple(
        mutation
        for mutations in MUTATIONS.values()
        for mutation in mutations
        if mutation.level in levels and targets_for(mutation, subject, keep_job=keep_job)
    )


def break_rules(
    root: etree._Element,
    version: Version,
    mutations: Sequence[Mutation],
    choose: Choose = first,
    *,
    request: etree._Element | None = None,
    keep_job: bool = False,
) -> Invalid:
    """A copy of the valid document ``root`` after ``mutations``, and the verdict on it.

    Those that have no place any more, after the others, are left out; but the first is not. So is
    the last if it undoes what was wrong.
    Those of bytes come last. A ``root`` that lacks credentials is judged as if HTTP had them.

    Raises:
        ValueError: there is no target for the first one.
    """
    result: etree._Element | bytes = deepcopy(root)
    words = []
    for mutation in sorted(mutations, key=lambda each: each.level == DOCUMENT):
        assert not isinstance(result, bytes), "one mutation of bytes is enough"
        targets = targets_for(mutation, Subject(result, version), keep_job=keep_job)
        if not targets:
            if mutation is mutations[0]:
                raise ValueError(f"{mutation.rule} cannot be broken in this document of {version}")
            continue
        result = mutation.apply(result, choose(targets), choose)
        words.append(mutation.description)
    xml = result if isinstance(result, bytes) else to_xml(result)
    asked = None if request is None else to_xml(request)
    logged_in = _lacks_credentials(root) and all(each.rule != _LOGIN for each in mutations)
    # A WSDL that was given is no version that a namespace names: by it nobody else judges.
    given = version if version.components is not None else None
    found = _findings(xml, asked, given, logged_in=logged_in)
    if not found and len(mutations) > 1:
        fewer = mutations[:-1]
        return break_rules(root, version, fewer, choose, request=request, keep_job=keep_job)
    rules = tuple(dict.fromkeys(violation.rule for violation in found))
    # By construction; else the table or the validator is wrong, and nobody should work with it.
    # By a WSDL that was given, what is of another version is in the wrong namespace.
    assert given or len(mutations) > 1 or rules == (mutations[0].rule,), (
        mutations[0].kind,
        rules,
        xml,
    )
    head = found[0]
    description = ", ".join(words)
    return Invalid(head.rule, description, head.path, head.line, version, rules, xml, asked)


def _lacks_credentials(root: etree._Element) -> bool:
    if local_name(root) not in ("Envelope", "Request"):
        return False  # Nobody misses them there.
    return any(row.rule == _LOGIN for row in validate(to_xml(root)).violations)


def _findings(
    xml: bytes, request: bytes | None, version: Version | None, *, logged_in: bool
) -> tuple[Violation, ...]:
    if request is None:
        return validate(xml, version=version, logged_in=logged_in).violations
    report = validate_exchange(request, xml, version=version)
    return (*report.request.violations, *report.response.violations, *report.violations)
