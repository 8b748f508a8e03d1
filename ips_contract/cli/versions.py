"""``ips-contract versions``: the versions of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.cli.arguments import JSON
from ips_contract.cli.exit_status import OK
from ips_contract.contract.versions import VERSIONS
from ips_contract.validation.report.formats import to_json

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Prints the versions; the exit status."""
    if args.format == JSON:
        rows = [
            {
                "label": version.label,
                "date": version.date or None,
                "aliases": version.aliases,
                "namespace": version.namespace,
                "wsdl": version.wsdl,
            }
            for version in VERSIONS
        ]
        print(to_json({"versions": rows}), end="")
        return OK
    table = [("LABEL", "ALIASES", "NAMESPACE", "WSDL")]
    for version in VERSIONS:
        aliases = ", ".join(filter(None, (version.date, *version.aliases)))
        table.append((version.label, aliases, version.namespace, version.wsdl))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return OK
