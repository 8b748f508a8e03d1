"""Lines that wait for a reader: their bounds, their gaps, their end."""

from __future__ import annotations

import threading

from ips_contract.cli.line_writer import LineWriter

SECONDS = 10.0


class Reader:
    """A sink that takes nothing until ``free`` is set."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.asked = threading.Event()
        self.data = b""

    def write(self, data: bytes, /) -> int:
        self.asked.set()
        self.free.wait(SECONDS)
        self.data += data
        return len(data)


def stalled(most_lines: int = 3, most_bytes: int = 1000) -> tuple[Reader, LineWriter]:
    """A writer with one line under way."""
    reader = Reader()
    writer = LineWriter(
        reader,
        most_lines=most_lines,
        most_bytes=most_bytes,
        gap=lambda number: b"%d gone\n" % number,
    )
    assert writer.put(b"first\n")
    assert reader.asked.wait(SECONDS)
    return reader, writer


def test_a_line_comes_at_once_and_all_before_the_end() -> None:
    reader, writer = stalled()
    reader.free.set()
    assert writer.put(b"second\n")
    assert writer.close(SECONDS) == 0
    assert reader.data == b"first\nsecond\n"
    assert writer.ended
    assert not writer.put(b"too late\n")


def test_the_number_of_lines_is_bounded() -> None:
    reader, writer = stalled()
    assert [writer.put(b"%d\n" % number) for number in range(5)] == [True] * 3 + [False] * 2
    reader.free.set()
    assert writer.close(SECONDS) == 2
    assert reader.data == b"first\n0\n1\n2\n2 gone\n"


def test_their_size_is_bounded() -> None:
    reader, writer = stalled(most_lines=100, most_bytes=10)
    assert [writer.put(b"12345678\n") for _ in range(4)] == [True, True, False, False]
    reader.free.set()
    assert writer.close(SECONDS) == 2


def test_a_gap_stands_where_the_lines_would() -> None:
    reader, writer = stalled(most_lines=1)
    assert writer.put(b"0\n")
    assert not writer.put(b"1\n")
    reader.free.set()
    while not writer.put(b"2\n"):
        pass
    writer.close(SECONDS)
    first, _, rest = reader.data.partition(b"0\n")
    assert (first, rest[-7:]) == (b"first\n", b"gone\n2\n")


def test_the_end_does_not_wait_for_a_reader_who_never_comes() -> None:
    reader, writer = stalled()
    writer.put(b"second\n")
    assert writer.close(0.01) == 2
    assert not writer.ended
    reader.free.set()


def test_what_takes_parts_gets_all() -> None:
    data = bytearray()
    turns = iter([None, 1, None, 2, *[1] * 100])

    class Slow:
        def write(self, part: bytes, /) -> int | None:
            number = next(turns)
            data.extend(part[: number or 0])
            return number

    writer = LineWriter(Slow(), most_lines=10, most_bytes=1000)
    writer.put(b"a line\n")
    writer.put(b"another\n")
    assert writer.close(SECONDS) == 0
    assert data == b"a line\nanother\n"


def test_what_fails_is_told_once() -> None:
    errors: list[BaseException] = []

    class Broken:
        def write(self, _data: bytes, /) -> int:
            raise BrokenPipeError

    writer = LineWriter(Broken(), most_lines=10, most_bytes=1000, failed=errors.append)
    writer.put(b"a line\n")
    assert writer.close(SECONDS) == 1
    assert not writer.put(b"another\n")
    assert writer.close(SECONDS) == 2
    assert [type(error) for error in errors] == [BrokenPipeError]
