"""Differences of WSDLs as text, JSON and SARIF."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.validation.report.formats import SARIF_SCHEMA, TOOL, to_json, uri_of
from ips_contract.validation.report.text import shown
from ips_contract.wsdl.differences import THERE
from ips_contract.wsdl.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.contract.versions import Version
    from ips_contract.wsdl.differences import Difference
    from ips_contract.wsdl.model import Wsdl

_LONGEST = 300  # Characters of a value that a text shows.


def as_text(theirs: Wsdl, version: Version, differences: Sequence[Difference]) -> str:
    """``differences`` for a reader, grouped by operation and type."""
    source = shown(theirs.source)
    if not differences:
        return f"{source}: the same as {version}\n"
    number = len(differences)
    lines = [f"{source}: {number} difference{'s' if number > 1 else ''} from {version}"]
    for place, group in groupby(differences, lambda each: each.place):
        rows = list(group)
        uses = f" ({rows[0].uses})" if rows[0].uses else ""
        lines += ["", shown(place + uses)]
        for row in rows:
            at = f"{source}:{row.line}" if row.line else source
            lines += [f"  {at}: {row.kind}: {_what(row)}", f"    {row.meaning}"]
    return "\n".join(lines) + "\n"


def as_json(theirs: Wsdl, version: Version, differences: Sequence[Difference]) -> str:
    """``differences`` as one JSON object."""
    return to_json(
        {
            "tool": TOOL,
            "version": __version__,
            "theirs": {"source": theirs.source, "namespace": theirs.own or None},
            "ours": {"version": version.label, "namespace": version.namespace},
            "differences": [
                {**row._asdict(), "line": row.line or None, "place": row.place}
                for row in differences
            ],
            "summary": {"differences": len(differences)},
        }
    )


def as_sarif(
    theirs: Wsdl, version: Version, differences: Sequence[Difference], *, base: str = ""
) -> str:
    """``differences`` as a SARIF 2.1.0 log; the name of their file is relative to ``base``."""
    kinds = list(dict.fromkeys(row.kind for row in differences))
    uri = theirs.source if "://" in theirs.source else uri_of(theirs.source, base)
    run = {
        "tool": {
            "driver": {"name": TOOL, "version": __version__, "rules": [_rule(k) for k in kinds]}
        },
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri}}],
        "results": [_result(row, version, uri, kinds) for row in differences],
    }
    return to_json({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(kind: str) -> dict[str, Any]:
    says = {"text": KINDS[kind].says}
    return {"id": f"wsdl-{kind}", "shortDescription": says, "fullDescription": says}


def _result(row: Difference, version: Version, uri: str, kinds: list[str]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if row.line:
        physical["region"] = {"startLine": row.line}
    place = {"fullyQualifiedName": f"{row.place} {row.field}".strip(), "kind": "member"}
    words = f"{row.place}: {_what(row)}, against {version}. {row.meaning}"
    return {
        "ruleId": f"wsdl-{row.kind}",
        "ruleIndex": kinds.index(row.kind),
        "level": "warning",
        "message": {"text": words},
        "locations": [{"physicalLocation": physical, "logicalLocations": [place]}],
        "properties": {"ours": row.ours, "theirs": row.theirs},
    }


def _what(row: Difference) -> str:
    """``addCompanyParam/imsOrgId: ours none, theirs string, optional, after expires``."""
    named = row.type if row.operation else ""
    what = "/".join(word for word in (named, row.field) if word)
    start = f"{shown(what)}: " if what else ""
    if THERE in (row.ours, row.theirs):
        return f"{start}{'ours' if row.theirs == THERE else 'theirs'} lacks it"
    return f"{start}ours {_value(row.ours)}; theirs {_value(row.theirs)}"


def _value(text: str) -> str:
    return shown(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
