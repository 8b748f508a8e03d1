"""``ips-contract schema``: the XML schema of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.cli.exit_status import OK
from ips_contract.contract.schema import schema_text
from ips_contract.contract.versions import LATEST

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Prints the schema; the exit status."""
    print(schema_text(args.api_version or LATEST), end="")
    return OK
