"""What a finding says, without the secrets that it may be about."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from ips_contract.http.redaction import redact_text
from ips_contract.http.secret_names import is_place, is_secret
from ips_contract.xml.parser import local_name

if TYPE_CHECKING:
    from lxml import etree

_FEW = 50  # Children of an element that are looked at; a password stands among the first.
# These quote names, and no text.
_NAME_RULES = frozenset({"unknown-element", "not-a-message", "not-in-version"})


def discreet(
    rule: str,
    message: str,
    path: str,
    element: etree._Element,
    known: dict[etree._Element, bool] | None = None,
) -> str:
    """``message`` as it may be shown: what stands where credentials belong is not quoted.

    Args:
        rule: the rule that is broken.
        message: the words for it.
        path: absolute path of ``element``.
        element: what they are about.
        known: which elements hold secrets; takes what is found out, for many findings can be about
            one element.
    """
    if rule == "schema":
        # An engine's own words, which quote what they like.
        if _is_about_secrets(path) or _holds_secrets(element, known):
            return f"{message.partition(':')[0]}: what it says may quote a secret."
        return message
    if '"' not in message or rule in _NAME_RULES:
        return redact_text(message)
    if _is_about_secrets(path) or (rule == "stray-text" and _holds_secrets(element, known)):
        first, last = message.index('"'), message.rindex('"')
        return f'{message[:first]}"***"{message[last + 1 :]}'
    return redact_text(message)


_NUMBER = re.compile(r"\[[0-9]+\]")


def _is_about_secrets(path: str) -> bool:
    # Of a list, a thousand items may be told.
    bare = _NUMBER.sub("", path) if "[" in path else path
    return _known(bare) if len(bare) <= _LONGEST_KEPT else _tells(bare)


def _tells(path: str) -> bool:
    """Whether a step of a ``path`` without numbers tells of secrets."""
    return any(is_place(name) or is_secret(name) for name in path.split("/"))


_LONGEST_KEPT = 500  # Characters of a path of which it is kept what it tells.
_known = lru_cache(maxsize=256)(_tells)


def _holds_secrets(element: etree._Element, known: dict[etree._Element, bool] | None) -> bool:
    if known is None:
        known = {}
    found = known.get(element)
    if found is None:
        # To slice the children would count all of them.
        names = [local_name(child) for child in islice(element, _FEW) if isinstance(child.tag, str)]
        found = known[element] = any(is_place(name) or is_secret(name) for name in names)
    return found
