"""``ips-contract capture-report``: what is in logs and HAR files, as one HTML page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ips_contract.cli.exit_status import ERROR, FINDINGS, OK
from ips_contract.cli.harness import write_whole
from ips_contract.cli.terminal import complain
from ips_contract.contract.rules import DOCS, docs_site
from ips_contract.recording.capture_report import Shown, judged, page
from ips_contract.validation.inputs import HAR, MOST_CAPTURED, STDIN, read
from ips_contract.validation.traffic.captures import read_captures
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    import argparse

PROG = "ips-contract capture-report"


def run(args: argparse.Namespace) -> int:
    """Writes the page; the exit status.

    Raises:
        OSError: the page cannot be written.
    """
    try:
        docs = docs_site(os.environ.get(DOCS, ""))
    except ValueError as error:
        complain(f"{DOCS}: {error}", PROG)
        return ERROR
    exchanges: list[Shown] = []
    problems: list[str] = []
    status = OK
    for path in args.files:
        name = "<stdin>" if path == STDIN else path
        try:
            found = read_captures(read(path, MOST_CAPTURED), har=path.lower().endswith(HAR))
        except (OSError, ValueError) as error:
            complain(f"{name}: {getattr(error, 'strerror', None) or error}", PROG)
            status = ERROR
            continue
        told = [f"{name}: {words}" for words in found.problems]
        if not found.exchanges and not told:
            told = [f"{name}: no exchange with a message for the API in it"]
        for words in told:
            complain(words, PROG)
            status = ERROR
        problems += told
        exchanges += judged(name, found.exchanges)
    if not exchanges:
        return ERROR
    write_whole(args.output, page(exchanges, problems, docs).encode())
    bad = sum(row.verdict == "invalid" for row in exchanges)
    print(f"{counted(len(exchanges), 'exchange')}, {bad} invalid: {args.output}")
    return status or (FINDINGS if bad else OK)
