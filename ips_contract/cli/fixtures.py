"""``ips-contract fixtures``: recorded exchanges as files, and as tests that check them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.terminal import complain
from ips_contract.recording.written_tests import written
from ips_contract.validation.inputs import HAR, MOST_CAPTURED, STDIN, read
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    import argparse

PROG = "ips-contract fixtures"


def run(args: argparse.Namespace) -> int:
    """Writes the files; the exit status.

    Raises:
        OSError: the file cannot be read, or the folder not written.
    """
    try:
        found = written(read(args.file, MOST_CAPTURED), har=args.file.lower().endswith(HAR))
    except ValueError as error:
        name = "<stdin>" if args.file == STDIN else args.file
        complain(f"{name}: {error}", PROG)
        return ERROR
    for problem in found.problems:
        complain(f"{args.file}: {problem}", PROG)
    if not found.exchanges:
        complain(f"{args.file}: no exchange with a message for the API in it", PROG)
        return ERROR
    folder = Path(args.out)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not args.force:
        complain(f"{args.out} is not empty; --force writes to it all the same", PROG)
        return ERROR
    (folder / "messages").mkdir(exist_ok=True)
    for name, data in found.files.items():
        (folder / name).write_bytes(data)
    told = f"{counted(found.exchanges, 'exchange')} in {args.out}"
    if found.repeated:
        told += f"; {found.repeated} more that repeat one of them"
    if found.unread:
        told += f"; {found.unread} whose request is no XML left out"
    print(f"{told}. To check them: python -m pytest {args.out}")
    return OK
