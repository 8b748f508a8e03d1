"""The versions of the API: label, namespace, WSDL file and release date.

Source: the reference's table of releases (evidence D), except where a line says otherwise.
"""

from typing import NamedTuple

UNVERSIONED = "http://www.scene7.com/IpsApi/xsd"


class Version(NamedTuple):
    """One published version of the API.

    ``rank`` orders the versions; ``date`` is ``""`` for the unversioned namespace;
    ``aliases`` are other names of the same release.
    """

    rank: int
    label: str
    namespace: str
    wsdl: str
    date: str
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.label


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

_BY_NAME = {
    name: version
    for version in VERSIONS
    for name in (version.label, version.namespace, version.date, version.wsdl, *version.aliases)
    if name
}


def find_version(name: str) -> Version:
    """The version called ``name``: a label, alias, date, namespace or WSDL file name.

    Raises:
        ValueError: no published version has that name; the message lists the labels.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        labels = ", ".join(version.label for version in VERSIONS)
        raise ValueError(f"no API version {name!r}; the versions are {labels}") from None


def version_for_namespace(namespace: str) -> tuple[Version, bool] | None:
    """The version that judges ``namespace``, and whether that namespace is a published one.

    Dated namespaces outside the table were seen in the wild (evidence O). They are judged by
    the newest published version that is not after their date. None: not an IPS namespace.
    """
    version = _BY_NAME.get(namespace)
    if version is not None and version.namespace == namespace:
        return version, True
    dated = namespace.removesuffix("-beta")
    start, date = dated[: -len("/YYYY-MM-DD")], dated[-len("YYYY-MM-DD") :]
    digits = date[:4] + date[5:7] + date[8:]
    if start + dated[len(start) : -len(date)] != UNVERSIONED + "/" or date[4] + date[7] != "--":
        return None
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return max(v for v in VERSIONS if v.date <= date), False
