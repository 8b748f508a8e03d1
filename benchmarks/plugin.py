"""What the pytest plugin costs: whole processes, in pairs, each side by turns.

- unused: a run with the plugin installed against one with ``-p no:ips_contract``; a first row
  compares two runs without it, which is what the machine shows anyhow. pytest looks for installed
  plugins in both; all others that are installed here are left out of both.
- used: a run whose one test sends one message to ``ips_server``, less one whose test does nothing;
  the same with a message that has a warning; the same with pytest-httpserver.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.server import Row, small

if TYPE_CHECKING:
    from collections.abc import Callable

PAIRS = 31
_UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_ADDOPTS")
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in _UNWANTED}
_POST = f"""
import socket
BODY = {small()!r}
def post(host, port):
    head = "POST /scene7/services/IpsApiService HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n"
    head += "Content-Type: text/xml\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(BODY)
    with socket.create_connection((host, port)) as connection:
        connection.sendall(head.encode() + BODY)
        assert b" 200 " in b"".join(iter(lambda: connection.recv(65536), b""))[:15]
"""
_TESTS = {
    "test_plain.py": "def test_plain(): pass\n",
    "test_ours.py": f"{_POST}\ndef test_it(ips_server): post(ips_server.host, ips_server.port)\n",
    "test_warned.py": f"{_POST}\nBODY = BODY.replace(b'>My Test Job<', b'>My|Test Job<')\n"
    "def test_it(ips_server): post(ips_server.host, ips_server.port)\n",
    "test_theirs.py": f"{_POST}\ndef test_it(httpserver):\n"
    "    httpserver.expect_request('/scene7/services/IpsApiService').respond_with_data('<a/>')\n"
    "    post('127.0.0.1', httpserver.port)\n",
}


_INSTALLED = sorted(entry.name for entry in entry_points(group="pytest11"))


def spent(folder: str, test: str, *plugins: str) -> float:
    """Milliseconds of a run of pytest, no installed plugins but those named."""
    others = [f"no:{name}" for name in ("cacheprovider", *_INSTALLED) if name not in plugins]
    words = [word for other in others for word in ("-p", other)]
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *words, test],
        cwd=folder,
        env=_ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return 1000 * (time.perf_counter() - start)


def _row(
    name: str,
    first: Callable[[], float],
    second: Callable[[], float],
    goal: float,
    pairs: int = PAIRS,
) -> Row:
    """What ``first`` takes more than ``second``: the median of the pairs' differences."""
    found = []
    for number in range(pairs + 1):
        # Each goes first every other time, so that neither always finds the machine warmer.
        if number % 2:
            ours, theirs = first(), second()
        else:
            theirs, ours = second(), first()
        found.append((ours, theirs))
    found = found[1:]
    more = median(a - b for a, b in found)
    ours, theirs = median(a for a, _ in found), median(b for _, b in found)
    return Row(name, ours, theirs, "ms", more, goal, at_least=False)


def run(pairs: int = PAIRS) -> list[Row]:
    """All measurements. The ratio of a row is a difference in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in _TESTS.items():
            Path(folder, name).write_text(text)
        ours = "ips_contract"

        def plain() -> float:
            return spent(folder, "test_plain.py")

        def loaded() -> float:
            return spent(folder, "test_plain.py", ours)

        return [
            _row("plain against plain", plain, plain, 5.0, pairs),
            _row("installed, unused", loaded, plain, 5.0, pairs),
            _row(
                "one test with ips_server",
                lambda: spent(folder, "test_ours.py", ours),
                loaded,
                60.0,
                pairs,
            ),
            _row(
                "the same, its message with a warning",
                lambda: spent(folder, "test_warned.py", ours),
                loaded,
                60.0,
                pairs,
            ),
            _row(
                "the same with pytest-httpserver",
                lambda: spent(folder, "test_theirs.py", "pytest_httpserver"),
                plain,
                600.0,
                pairs,
            ),
        ]


if __name__ == "__main__":
    for row in run():
        verdict = "" if row.reached else "  MISSED"
        print(
            f"{row.name:36} {row.ours:8.1f} - {row.theirs:8.1f} ms = {row.ratio:7.1f} ms more "
            f"(goal <= {row.goal:g}){verdict}",
            flush=True,
        )
