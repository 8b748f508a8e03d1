"""The site of the documentation in a browser: it finds what is looked for, and fits a phone."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.tab import DESK, PHONE
from tests.site import SITE, build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.tab import Opener

# One of each kind.
PAGES = (
    "index.html",
    "tutorials/python.html",
    "how-to/fuzz.html",
    "reference/rules.html",
    "reference/api.html",
    "explanation/contract.html",
    "maintainers/design.html",
    "troubleshooting.html",
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    build()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=SITE)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("page", PAGES)
def test_it_fits_and_asks_nobody_else(
    page: str, size: dict[str, int], site: str, open_tab: Opener
) -> None:
    tab = open_tab("about:blank", viewport=size)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.goto(site + page)
    expect(tab.find("h1")).to_be_visible()
    assert not tab.is_wider_than_its_window()
    assert asked
    assert all(url.startswith((site, "data:")) for url in asked), asked


def test_it_finds_what_is_looked_for(site: str, open_tab: Opener) -> None:
    tab = open_tab(f"{site}index.html")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("UploadFile", delay=20)
    found = tab.find(".md-search-result__item a[href*='how-to/upload.html']")
    expect(found.first).to_be_visible()
