"""The page at ``/_ips/``, and the files that it is made of."""

from __future__ import annotations

from ips_contract.http.messages import Response
from ips_contract.mock.control.problems import HEADERS, Problem
from ips_contract.pages.live import page_file

FILES = "/page/"
"""The path that the files stand below. They have no secrets: a browser that loads a page shows no
token, and they are given without one, as the page is."""


def page(name: str = "") -> Response:
    """The page, or the file of it with a name.

    Raises:
        Problem: 404, there is none.
    """
    try:
        headers, body = page_file(name)
    except KeyError:
        raise Problem(404, f"The page has no file {name[:100]!r}.") from None
    return Response(200, (*headers, *HEADERS), body)


def file_of_page(method: str, path: str) -> Response:
    """The answer to a request for a file.

    Raises:
        Problem: 404, there is none; 405, that is no way to ask for one.
    """
    if method not in ("GET", "HEAD"):
        words = f"The files of the page take GET and HEAD, not {method[:100]}."
        raise Problem(405, words, ("Allow", "GET, HEAD"))
    return page(path.removeprefix(FILES) or "/")
