"""What the command says while it serves."""

from __future__ import annotations

import io
import logging

import pytest

from ips_contract.cli.narration import Narration


def test_a_line_shows_nothing_that_moves_the_cursor() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "ascii", "backslashreplace", newline="\n")
    with Narration(stream) as narration:
        narration.tell("a\u009bb\u202ec\rd\ne é")
    assert isinstance(stream.buffer, io.BytesIO)
    assert stream.buffer.getvalue().splitlines() == [rb"a\x9bb\u202ec\rd\ne \xe9"]


def test_a_stream_without_bytes() -> None:
    stream = io.StringIO()
    with Narration(stream) as narration:
        narration.tell("é")
        narration.tell("b")
    assert stream.getvalue().split() == ["é", "b"]


def test_what_modules_log_is_told() -> None:
    stream = io.StringIO()
    logger = logging.getLogger("ips_contract.tests")
    with Narration(stream):
        logger.error("It failed:\n%s", "a\x1bb")
        logger.info("not told")
    assert stream.getvalue().splitlines() == ["It failed:", r"a\x1bb"]
    logger.error("not told to a stream that is given back")
    assert len(stream.getvalue().splitlines()) == 2


class Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("closed", [False, True])
def test_a_reader_who_goes_stops_nothing(*, closed: bool) -> None:
    stream = Gone()
    with Narration(stream) as narration:
        if closed:
            stream.close()
        for _ in range(3):
            narration.tell("a")
