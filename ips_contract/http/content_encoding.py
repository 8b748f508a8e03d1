"""Content codings of bodies: gzip, written and read within a limit (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib

_PIECE = 4096  # Bytes of compressed data that zlib is shown at once.


class BadEncoding(ValueError):
    """A body that is not what its Content-Encoding says."""


def accepts_gzip(accept_encoding: str | None) -> bool | None:
    """Whether a client takes gzip by its Accept-Encoding; None if it did not send the header.

    Real clients send ``none`` and ``identity``, too: both mean no.
    """
    if accept_encoding is None:
        return None
    found = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=").strip()
        found[name.strip()] = not weight or weight.strip("0.") != ""
    # What is named counts before the star, which stands for all that is not.
    named = [found[name] for name in ("gzip", "x-gzip") if name in found]
    return any(named) if named else found.get("*", False)


def gzip(data: bytes) -> bytes:
    """``data`` compressed, the same bytes each time."""
    if len(data) < 4096:
        # Most answers are small: with little memory and fixed codes, which neither side has to
        # make tables for, they take two thirds of the time. Stored as they are, it
        # would be less still, but a client that forgets to unpack would find its handle in it.
        packer = zlib.compressobj(1, zlib.DEFLATED, 28, 4, zlib.Z_FIXED)
    else:
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def gunzip(data: bytes, limit: int) -> bytes:
    """``data`` decompressed, as far as ``limit + 1`` bytes: more than ``limit`` is too much.

    Raises:
        BadEncoding: it is no gzip data, or it ends early.
    """
    found = bytearray()
    at = 0
    # A body may have many members, and a member nothing in it. zlib copies what follows a member:
    # it is shown a piece at a time.
    while at < len(data) and len(found) <= limit:
        unpacker = zlib.decompressobj(31)
        while not unpacker.eof and len(found) <= limit:
            piece = data[at : at + _PIECE]
            at += len(piece)
            if not piece:
                raise BadEncoding("The gzip data of the body ends early.")
            try:
                found += unpacker.decompress(piece, limit + 1 - len(found))
            except zlib.error as error:
                raise BadEncoding(f"The body is no gzip data: {error}.") from None
        at -= len(unpacker.unused_data)
    return bytes(found)
