"""``ips-contract wsdl``: the WSDL of a version, and what differs in another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ips_contract.cli.arguments import DIFF, JSON, SARIF
from ips_contract.cli.exit_status import ERROR, FINDINGS, OK
from ips_contract.cli.terminal import complain
from ips_contract.contract.versions import LATEST
from ips_contract.contract.wsdl import wsdl

if TYPE_CHECKING:
    import argparse

# The path is the service's.
_ADDRESS = "http://localhost/scene7/services/IpsApiService"


def run(args: argparse.Namespace) -> int:
    """Prints the WSDL, or the differences; the exit status.

    Raises:
        OSError: what is found cannot be written.
    """
    if args.action == DIFF:
        if args.api_version or args.service_url or args.no_soap12:
            complain("what stands before diff is for printing ours; --against V says the version")
            return ERROR
        return _diff(args)
    text = wsdl(
        args.api_version or LATEST, args.service_url or _ADDRESS, soap12=not args.no_soap12
    ).decode()
    # Whatever the encoding of the output is: but for the address it is ASCII.
    print(text.encode("ascii", "xmlcharrefreplace").decode(), end="")
    return OK


def _diff(args: argparse.Namespace) -> int:
    # What reads WSDLs is not needed to print one.
    from ips_contract.wsdl.comparison import compare, nearest
    from ips_contract.wsdl.documents import LIMIT, UnreadableWsdl
    from ips_contract.wsdl.formats import as_json, as_sarif, as_text
    from ips_contract.wsdl.reader import read_wsdl

    limit = args.max_bytes or LIMIT
    try:
        theirs = read_wsdl(args.theirs, follow=args.follow, limit=limit)
    except UnreadableWsdl as error:
        complain(str(error))
        return ERROR
    version = args.against or nearest(theirs.own)
    if version is None:
        complain(f"{args.theirs}: it has no namespace of the API; --against V says what it is")
        return ERROR
    differences = compare(theirs, version)
    if args.format == JSON:
        text = as_json(theirs, version, differences)
    elif args.format == SARIF:
        text = as_sarif(theirs, version, differences, base=str(Path.cwd()))
    else:
        text = as_text(theirs, version, differences)
    if args.output is None:
        print(text, end="")
    else:
        Path(args.output).write_text(text, encoding="utf-8", errors="backslashreplace")
    return FINDINGS if differences else OK
