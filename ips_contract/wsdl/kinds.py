"""The kinds of differences between two WSDLs, and what each means for a client.

Ours comes first: what is *added* is in theirs alone, what is *removed* in ours alone.
"""

from __future__ import annotations

from typing import NamedTuple

CODE = "generated code depends on it"
_NO_MESSAGE = "no message of an operation has it"


class Kind(NamedTuple):
    """A kind of difference: what it is, and what follows.

    ``request`` is said where requests have it, ``answer`` where answers do, ``always`` in any case.
    """

    name: str
    says: str
    request: str = ""
    answer: str = ""
    always: str = ""


_OTHER_VALUES = "what one takes of it may be refused by the other"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        # The frame
        Kind(
            "namespace",
            "The version's namespace is another.",
            always="all messages are in it: what is sent to the one is of another version to the "
            f"other; {CODE}",
        ),
        Kind("definitions", "The definitions have another name or namespace.", always=CODE),
        Kind(
            "form",
            "A schema has another rule for the namespaces of fields or attributes.",
            always="fields that one takes with a namespace the other takes without",
        ),
        Kind("service-added", "A service that ours lacks.", always=CODE),
        Kind("service-removed", "A service that theirs lacks.", always=CODE),
        Kind("port-added", "A port that ours lacks.", always=CODE),
        Kind("port-removed", "A port that theirs lacks.", always=CODE),
        Kind("service", "The service has another name.", always=CODE),
        Kind("port", "A port has another name or binding.", always=CODE),
        Kind("port-type-added", "A port type that ours lacks.", always=CODE),
        Kind("port-type", "The port type has another name.", always=CODE),
        Kind("port-type-removed", "A port type that theirs lacks.", always=CODE),
        Kind("binding-added", "A binding that ours lacks.", always=CODE),
        Kind("binding-removed", "A binding that theirs lacks.", always=CODE),
        Kind(
            "binding",
            "A binding has another name, port type, protocol, style or transport.",
            always=CODE,
        ),
        # Operations
        Kind(
            "operation-added",
            "An operation that ours lacks.",
            always="their service takes it, we refuse it, and our mock has no answer",
        ),
        Kind(
            "operation-removed",
            "An operation that theirs lacks.",
            always="we take it, their service refuses it",
        ),
        Kind("operation", "An operation has other messages or faults.", always=CODE),
        Kind(
            "soap-action",
            "An operation has another SOAPAction.",
            always="we remark on a request with theirs, which our mock refuses where it is another "
            "operation's",
        ),
        Kind(
            "bound-operation",
            "A binding has an operation in another way: its headers, bodies or faults.",
            always=f"what a client sends around the message is another; {CODE}",
        ),
        Kind("message-added", "A message that ours lacks.", always=CODE),
        Kind("message", "A message has another name.", always=CODE),
        Kind("message-removed", "A message that theirs lacks.", always=CODE),
        Kind(
            "message-part",
            "A message has another element, or a part of another name.",
            always=f"what stands in it is another element; {CODE}",
        ),
        # Elements and types
        Kind("element-added", "A global element that ours lacks.", always=CODE),
        Kind("element-removed", "A global element that theirs lacks.", always=CODE),
        Kind("element", "A global element has another type or property.", always=CODE),
        Kind("type-added", "A type that ours lacks.", always=CODE),
        Kind("type-removed", "A type that theirs lacks.", always=CODE),
        Kind(
            "type-kind",
            "A type has children in the one and is a value in the other.",
            request="what their service takes we refuse",
            answer="our mock answers something else",
            always=CODE,
        ),
        Kind("derivation", "A type extends or restricts another one.", always=CODE),
        Kind(
            "flags",
            "A type may have text between its children, or be replaced, in one of both.",
            request=_OTHER_VALUES,
        ),
        Kind(
            "model",
            "The children of a type stand in another way: a sequence, any order, alternatives.",
            request="an order or a number of fields that one takes is refused by the other",
            answer="our mock answers in our way",
        ),
        Kind(
            "group-added",
            "A type has alternatives, or fields that repeat together, where ours has none.",
            request="which of these fields may stand together is another thing there",
            answer="our mock answers as if there were no such group",
        ),
        Kind(
            "group-removed",
            "A type lacks alternatives, or fields that repeat together, that ours has.",
            request="which of these fields may stand together is another thing there",
            answer="our mock answers by this group",
        ),
        Kind(
            "any-attribute",
            "Other attributes may stand on an element.",
            request=_OTHER_VALUES,
            answer="an answer may have attributes that the other does not",
        ),
        Kind(
            "attribute-added",
            "A type has an attribute that ours lacks.",
            request="their service takes it, we refuse it",
            answer="our mock never answers it",
            always=CODE,
        ),
        Kind(
            "attribute-removed",
            "A type lacks an attribute that ours has.",
            request="we take it, their service refuses it",
            answer="our mock may answer it",
            always=CODE,
        ),
        Kind("attribute", "An attribute has another type or use.", request=_OTHER_VALUES),
        # Fields
        Kind(
            "field-added",
            "A type has a field that ours lacks.",
            request="their service takes it, we refuse it",
            answer="our mock never answers it, and we refuse an answer with it",
        ),
        Kind(
            "field-removed",
            "A type lacks a field that ours has.",
            request="we take it, their service refuses it",
            answer="our mock would answer it, and their service never does",
        ),
        Kind(
            "field-required",
            "A field is required that is optional in ours.",
            request="we take requests without it, their service refuses them",
            answer="our mock may answer without it, their service does not",
        ),
        Kind(
            "field-optional",
            "A field is optional that is required in ours.",
            request="their service takes requests without it, we refuse them",
            answer="their service may answer without it, which our mock never does",
        ),
        Kind(
            "field-limit",
            "A field may stand in another number.",
            request="a number of them that one takes is refused by the other",
            answer="an answer may have another number of them",
        ),
        Kind(
            "field-type",
            "A field has another type.",
            request=_OTHER_VALUES,
            answer="our mock would answer a value of our type",
            always=CODE,
        ),
        Kind(
            "field-nillable",
            "Whether a field may be nil is another thing.",
            request="xsi:nil, which one takes, is refused by the other",
            answer="an answer may have xsi:nil by one of both only",
        ),
        Kind(
            "field-order",
            "A field stands elsewhere in its sequence.",
            request="the order that one takes is refused by the other",
            answer="our mock would answer in our order",
        ),
        Kind(
            "field-default",
            "A field has another default or fixed value.",
            request=_OTHER_VALUES,
            always=CODE,
        ),
        Kind(
            "field-form",
            "A field has a namespace in the one and none in the other.",
            request="what one takes is refused by the other",
            answer="our mock would answer in our way",
        ),
        # Values
        Kind(
            "base",
            "A type of values restricts another one.",
            request=_OTHER_VALUES,
            answer="our mock would answer a value of our type",
        ),
        Kind(
            "values",
            "A type of values has another list of constants.",
            request="a constant that one takes is refused by the other",
            answer="our mock may answer a constant that theirs lacks",
        ),
        Kind(
            "facet",
            "A type of values has another limit: a length, a range, a pattern.",
            request=_OTHER_VALUES,
            answer="our mock may answer a value beyond it",
        ),
    )
}
# What is said instead of the words above.
_INSTEAD = {
    ("field-added", "required"): (
        "their service refuses requests without it, we refuse those with it",
        "their service always answers it, our mock never does",
    ),
    ("field-removed", "required"): (
        "we refuse requests without it, their service those with it",
        "our mock always answers it, their service never does",
    ),
    ("field-added", "lenient"): (
        "their service takes it, we take it with a remark",
        "our mock never answers it",
    ),
    ("field-optional", "lenient"): (
        "their service takes requests without it, we remark on them",
        "their service may answer without it, which our mock never does",
    ),
}


def meaning(name: str, *, request: bool, answer: bool, manner: str = "") -> str:
    """What a difference means for a client, in a sentence.

    Args:
        name: the kind.
        request: whether requests have what differs.
        answer: whether answers have it.
        manner: ``required`` or ``lenient``, where that says more.
    """
    kind = KINDS[name]
    instead = _INSTEAD.get((name, manner), (kind.request, kind.answer))
    parts = [
        words for words, said in zip(instead, (request, answer), strict=True) if words and said
    ]
    if not parts and (kind.request or kind.answer):
        parts = [_NO_MESSAGE] if kind.always else [f"{_NO_MESSAGE}; {CODE}"]
    text = "; ".join([*parts, *([kind.always] if kind.always else [])])
    return f"{text[:1].upper()}{text[1:]}."
