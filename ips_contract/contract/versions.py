"""The versions of the API: label, namespace, WSDL file and release date.

Source: the reference's table of releases (evidence D), except where a line says otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.xml.text import list_of, near

if TYPE_CHECKING:
    from ips_contract.contract.given import GivenComponents

UNVERSIONED = "http://www.scene7.com/IpsApi/xsd"
PRE_3_8 = "http://www.scene7.com/IpsApi"  # Namespace of AuthUser and AuthPassword (D).


class Version(NamedTuple):
    """One version of the API, or a namespace between two of them.

    ``rank`` orders the versions; ``date`` is ``""`` for the unversioned namespace;
    ``aliases`` are other names of the same release. ``between``, for a namespace that was never
    published, has the ranks of its neighbours: only what they all refuse is refused.
    ``components`` are those of a WSDL that somebody gave; None: the version is cut from ``xsd/``.
    """

    rank: int
    label: str
    namespace: str
    wsdl: str
    date: str
    aliases: tuple[str, ...] = ()
    between: tuple[int, ...] = ()
    components: GivenComponents | None = None

    def __str__(self) -> str:
        return self.label

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks of the versions whose contracts count: its own, or its neighbours'."""
        return self.between or (self.rank,)


def _dated(rank: int, label: str, date: str, *aliases: str) -> Version:
    return Version(rank, label, f"{UNVERSIONED}/{date}", f"IpsApi-{date}.wsdl", date, aliases)


VERSIONS: tuple[Version, ...] = (
    Version(0, "pre-4.0", UNVERSIONED, "IpsApi.wsdl", ""),
    _dated(1, "4.0", "2008-01-15"),
    _dated(2, "4.2", "2008-09-10"),
    _dated(3, "4.4", "2009-07-31"),
    _dated(4, "4.5", "2010-01-31"),
    _dated(5, "6.0", "2012-02-14", "2012R1"),
    _dated(6, "6.6", "2013-02-15", "2013R1"),
    _dated(7, "6.8", "2014-04-03", "2014R1"),
)
PRE_4_0 = VERSIONS[0]
LATEST = VERSIONS[-1]
# A client was generated from its WSDL (evidence B), so its contract is known. It was never
# published: no message is judged by it alone.
BETA_2016 = _dated(8, "2016-01-14-beta", "2016-01-14-beta")

# What takes most: for what says nothing of its version, such as a fault.
LOOSEST = LATEST._replace(between=(LATEST.rank, BETA_2016.rank))

# The ranks of the names that xsd/ gives to versions.
RANKS = {version.label: version.rank for version in (*VERSIONS, BETA_2016)}
# Versions whose own WSDL is known: published (L), or by a client generated from it (B).
WITH_WSDL = frozenset({PRE_4_0.rank, RANKS["6.6"], RANKS["6.8"], BETA_2016.rank})

_BY_NAME = {
    name: version
    for version in VERSIONS
    for name in (version.label, version.namespace, version.date, version.wsdl, *version.aliases)
    if name
}


def find_version(name: str) -> Version:
    """The version called ``name``: a label, alias, date, namespace or WSDL file name.

    Raises:
        ValueError: no published version has that name; the message says what was probably meant,
            or lists the labels.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise ValueError(_no_version(name)) from None


def _no_version(name: str) -> str:
    labels = tuple(version.label for version in VERSIONS)
    guess = near(name, tuple(_BY_NAME))
    neighbours = _released_around(name) if guess is None else ()
    if guess is None and not neighbours:
        return f"no API version {name!r}; the versions are {', '.join(labels)}"
    return f"no API version {name!r}; did you mean {list_of(neighbours or (guess or '',))}?"


def _released_around(name: str) -> tuple[str, ...]:
    """The published versions before and after the release ``name``, such as ``6.7``; or ()."""
    if re.fullmatch(r"[0-9]{1,3}\.[0-9]{1,3}", name) is None:
        return ()
    release = tuple(map(int, name.split(".")))
    dated = {tuple(map(int, each.label.split("."))): each.label for each in VERSIONS[1:]}
    after = [label for number, label in dated.items() if number > release]
    if not after:
        return ()
    before = [label for number, label in dated.items() if number < release]
    return (before[-1], after[0]) if before else (PRE_4_0.label,)


def as_version(version: str | Version) -> Version:
    """``version``, by its name or as it is.

    Raises:
        TypeError: it is neither.
        ValueError: no published version has that name.
    """
    if isinstance(version, Version):
        return version
    if not isinstance(version, str):
        raise TypeError(f"version is {version!r}; give a Version or text, such as '6.8'")
    return find_version(version)


def version_asked(namespace: str, asked: Version | None) -> tuple[Version, bool] | None:
    """As ``version_for_namespace``; the namespace of a WSDL that was given has its version."""
    if asked is not None and asked.components is not None and namespace == asked.namespace:
        return asked, True
    return version_for_namespace(namespace)


def version_for_namespace(namespace: str) -> tuple[Version, bool] | None:
    """The version that ``namespace`` belongs to, and whether that namespace is a published one.

    Dated namespaces outside the table were seen in the wild (evidence O). They belong to the
    newest published version that is not after their date, with its neighbours in ``between``.
    None: not an IPS namespace.
    """
    version = _BY_NAME.get(namespace)
    if version is not None and version.namespace == namespace:
        return version, True
    dated = namespace.removesuffix("-beta")
    start, date = dated[: -len("YYYY-MM-DD")], dated[-len("YYYY-MM-DD") :]
    digits = date[:4] + date[5:7] + date[8:]
    if start != UNVERSIONED + "/" or date[4] + date[7] != "--":
        return None
    if not (digits.isascii() and digits.isdecimal()):
        return None
    version = max(v for v in VERSIONS if v.date <= date)
    return version._replace(between=_neighbours(version, date)), False


def _neighbours(version: Version, date: str) -> tuple[int, ...]:
    """The ranks between which an unpublished namespace of this date lies.

    ``version`` is the newest that is not after it. After the last one lies what that has, and,
    from its date on, what the beta of 2016 has.
    """
    if version.date == date:  # The beta of a release: before it.
        return version.rank - 1, version.rank
    if version is not LATEST:
        return version.rank, version.rank + 1
    return (LATEST.rank, BETA_2016.rank) if date >= BETA_2016.date[: len(date)] else (LATEST.rank,)
