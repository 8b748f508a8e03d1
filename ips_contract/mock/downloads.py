"""What can be downloaded: the archives of export jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.endpoints import EXPORT_FOLDER
from ips_contract.http.messages import Response
from ips_contract.mock.effects.exporting import packed
from ips_contract.mock.effects.settling import settle

if TYPE_CHECKING:
    from ips_contract.http.messages import Request
    from ips_contract.mock.state.store import Store

_TEXT = ("Content-Type", "text/plain;charset=UTF-8")


def download(store: Store, request: Request, path: str) -> Response:
    """The archive that ``path`` names, below EXPORT_FOLDER; it needs no login (I)."""
    if request.method not in ("GET", "HEAD"):
        return Response(405, (_TEXT, ("Allow", "GET, HEAD")), b"This is read by GET.\n")
    settle(store)
    archive = store.archives.find(path.removeprefix(EXPORT_FOLDER).removesuffix(".zip"))
    if archive is None:
        words = b"There is no such archive. getJobLogDetails of an export job names its own.\n"
        return Response(404, (_TEXT,), b"" if request.method == "HEAD" else words)
    body = packed(archive) if request.method == "GET" else b""
    return Response(200, (("Content-Type", "application/zip"),), body)
