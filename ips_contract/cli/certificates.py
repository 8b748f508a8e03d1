"""The certificate of ``ips-contract serve``, as its arguments have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.cli.harness import write_whole

if TYPE_CHECKING:
    import argparse

    from ips_contract.mock.tls import Tls

_ALL = ("0.0.0.0", "::")  # noqa: S104 - recognized, not listened at


def certified(args: argparse.Namespace) -> Tls | None:
    """How to speak TLS, or None for plain HTTP; the file of its CA is written.

    Raises:
        ImportError: trustme is not installed, and needed.
        OSError: a file cannot be read or written.
        ValueError: they do not fit together, or a file is no certificate.
    """
    if args.key is not None and args.cert is None:
        raise ValueError("--key is the key of a certificate: give that with --cert")
    made = [
        option
        for option, value in (("--ca-file", args.ca_file), ("--tls-name", args.tls_name))
        if value
    ]
    if args.cert is not None and made:
        raise ValueError(f"{made[0]} is about the certificate that --tls makes; leave out --cert")
    if not (args.tls or args.cert is not None or made):
        return None
    from ips_contract.mock.tls import Tls

    if args.cert is not None:
        return Tls.read(args.cert, args.key)
    tls = Tls.make(*args.tls_name, *(() if args.host in _ALL else (args.host,)))
    if args.ca_file:
        write_whole(args.ca_file, tls.ca)
    return tls
