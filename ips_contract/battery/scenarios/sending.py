"""Ways to send an answer, besides the usual one: each takes the answer and what was asked."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from ips_contract.battery.scenarios.answer import (
    STALL,
    Answer,
    Asked,
    Drip,
    Endless,
    Pause,
    Reset,
    Step,
    sized,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def headless(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """No body, and no field that speaks of one (204)."""
    del asked
    return (answer.head(),)


def until_close(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """No length: the body ends with the connection."""
    return (answer.head(), answer.entity(asked))


def http_1_0(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """HTTP/1.0, the body to the end of the connection."""
    return (answer.head(version="HTTP/1.0"), answer.entity(asked))


def after(interim: bytes) -> Callable[[Answer, Asked], tuple[Step, ...]]:
    """An interim answer first."""
    return lambda answer, asked: (interim, *sized(answer, asked))


def pieces(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """In four pieces with short pauses, the head in two of them."""
    head, body = sized(answer, asked)
    whole = (
        bytes(head) + bytes(body) if isinstance(head, bytes) and isinstance(body, bytes) else b""
    )
    quarter = len(whole) // 4
    first, second = whole[: quarter // 2], whole[quarter // 2 : quarter]
    rest = whole[quarter:]
    middle = len(rest) // 2
    pause = Pause(0.05)
    return (first, pause, second, pause, rest[:middle], pause, rest[middle:])


def in_chunks(
    size: int, *, extension: str = "", trailer: str = "", end: str | None = None
) -> Callable[[Answer, Asked], tuple[Step, ...]]:
    """Chunks of ``size`` bytes; ``end`` stands for the last chunk."""

    def send(answer: Answer, asked: Asked) -> tuple[Step, ...]:
        body = answer.entity(asked)
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        chunks = [f"{len(part):x}{extension}\r\n".encode() + part + b"\r\n" for part in parts]
        last = f"0{extension}\r\n{trailer}\r\n" if end is None else end
        return (answer.head("Transfer-Encoding: chunked"), *chunks, last.encode())

    return send


def bad_size(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A chunk whose size is no number."""
    body = answer.entity(asked)
    return (answer.head("Transfer-Encoding: chunked"), b"xyz\r\n" + body + b"\r\n0\r\n\r\n")


def two_lengths(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Two Content-Length fields that contradict each other."""
    body = answer.entity(asked)
    lengths = (f"Content-Length: {len(body)}", f"Content-Length: {len(body) + 7}")
    return (answer.head(*lengths), body)


def short(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """The connection is closed before Content-Length is reached; the XML is whole."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body) + 100}"), body)


def gzipped(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Gzip if the client offered to take it, else plain."""
    if not asked.accepts_gzip:
        return sized(answer, asked)
    body = gzip(answer.entity(asked))
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def gzip_broken(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Gzip data whose checksum is wrong; all of the XML is there."""
    body = gzip(answer.entity(asked))
    body = body[:-8] + bytes(byte ^ 0xFF for byte in body[-8:-4]) + body[-4:]
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def gzip_cut(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Gzip data that ends before its trailer; all of the XML is there."""
    body = gzip(answer.entity(asked))[:-8]
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def gzip(data: bytes) -> bytes:
    """``data`` compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def bomb(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A megabyte of gzip data that unpacks to a gigabyte: a comment that does not end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(answer.entity(asked)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands for itself, and can be repeated as it is.
    megabyte = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    body = start + megabyte * 1024 + packer.flush()
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def closed(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Not a byte."""
    del answer, asked
    return ()


def reset(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """The whole XML, then a reset before the announced length; no length, so that it counts."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body) + 100}"), body, Pause(0.1), Reset())


def silent(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Nothing, and the connection stays open."""
    del answer, asked
    return (STALL,)


def stalled(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Half of the body, and then nothing."""
    body = answer.entity(asked)
    head = answer.head(f"Content-Length: {len(body)}")
    return (head, body[: len(body) // 2], STALL)


def dripping(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """The body byte by byte, so slowly that it takes minutes."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body)}"), Drip(body, 0.4))


def dripping_head(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Already the head byte by byte."""
    return (Drip(b"".join(step for step in sized(answer, asked) if isinstance(step, bytes)), 0.4),)


def endless(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A right envelope, then spaces for ever."""
    return (answer.head(), answer.entity(asked), Endless(b" " * 65536))


def moved(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A 307 to another address of this case, where the answer is."""
    if asked.redirected:
        return sized(answer, asked)
    to = Answer("", 307, "Temporary Redirect", "", (f"Location: {asked.base}/moved",))
    return sized(to, asked)
