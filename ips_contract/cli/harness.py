"""What ``ips-contract serve`` has for programs that start it: where it is, and when to end."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.contract.endpoints import SERVICE_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.mock.server.server import Server

_PIECE = 64 * 1024
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognized, not listened at


def place_of(server: Server, ca_file: str | None, *, control: bool) -> dict[str, Any]:
    """Where a server is, for JSON. Nothing of it is secret.

    Args:
        server: the server.
        ca_file: that with the CA that its clients must trust, if there is one.
        control: whether there is a control interface.
    """
    # Who reads it is on this machine: there all addresses are reached by the loopback one.
    host = _LOOPBACK.get(server.host, server.host)
    scheme = server.url.partition(":")[0]
    base = f"{scheme}://{f'[{host}]' if ':' in host else host}:{server.port}"
    return {
        "url": f"{base}/scene7/",
        "endpoint": f"{base}{SERVICE_PATH}",
        "wsdl": f"{base}{SERVICE_PATH}?wsdl",
        "control": f"{base}/_ips/" if control else None,
        "host": host,
        "port": server.port,
        "ca": os.path.abspath(ca_file) if ca_file else None,
        "pid": os.getpid(),
        "version": __version__,
    }


@contextmanager
def ready_file(path: str | None, place: dict[str, Any]) -> Iterator[None]:
    """A block while which the file ``path`` says where a server is; without ``path``, none does.

    It is there whole or not at all. One of another server, which has been put in its place
    meanwhile, stays.

    Raises:
        OSError: it cannot be written.
    """
    if path is None:
        yield
        return
    text = f"{json.dumps(place, indent=1)}\n"
    write_whole(path, text.encode())
    try:
        yield
    finally:
        from pathlib import Path

        try:
            if Path(path).read_text(encoding="utf-8") == text:
                Path(path).unlink()
        except (OSError, ValueError):
            pass  # It is gone, or somebody else's.


def forget_ready_file(path: str | None) -> None:
    """Removes what a server that was killed has left, so that nobody takes it for a new one's.

    Raises:
        OSError: it cannot be removed.
    """
    if path is not None:
        from pathlib import Path

        Path(path).unlink(missing_ok=True)


def write_whole(path: str, data: bytes) -> None:
    """Writes a file that others never see in parts.

    Raises:
        OSError: it cannot be written.
    """
    from pathlib import Path

    other = Path(f"{path}.{os.getpid()}")  # In the same folder: only there can it be renamed.
    try:
        other.unlink(missing_ok=True)
        try:
            with open(other, "xb") as file:
                file.write(data)
            other.replace(path)
        except BaseException:
            other.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def tell_at_end_of_input(end: Callable[[], None]) -> None:
    """Has ``end`` called, in another thread, when standard input ends; what it gives is left.

    A parent that holds the other side of a pipe ends it when it ends itself, however that comes.

    Raises:
        ValueError: there is no standard input.
    """
    if sys.stdin is None:  # Its number may be another file's by now.
        raise ValueError("--exit-with-stdin: standard input is closed already")
    threading.Thread(target=_wait_for_end, args=(end,), name="ips-stdin", daemon=True).start()


def _wait_for_end(end: Callable[[], None]) -> None:
    # Below the buffer of ``sys.stdin``: who stands in a read must hold no lock of it at the end.
    try:
        while os.read(0, _PIECE):
            pass
    except OSError:
        pass  # It is closed.
    end()
