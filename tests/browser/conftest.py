"""One headless Chromium for all tests of the folder, and pages in which nothing may go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from ips_contract import mock
from tests.browser.chromium import MISSING, OPTIONS, program
from tests.browser.tab import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from ips_contract.mock.serving import MockServer
    from tests.browser.tab import Opener


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = program()
    if path is None:
        pytest.exit(MISSING, 2)
    with sync_playwright() as playwright:
        # Its profile is a new folder, which goes when it ends.
        running = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield running
        running.close()


@pytest.fixture
def server() -> Iterator[MockServer]:
    with mock.serve() as running:
        yield running


@pytest.fixture
def open_tab(browser: Browser, server: MockServer) -> Iterator[Opener]:
    """Opens addresses, each in a profile of its own; at the end nothing must have gone wrong.

    The pages are closed before the server.
    """
    tabs: list[Tab] = []

    def opener(address: str, **options: object) -> Tab:
        tab = Tab(browser, address, options)
        tabs.append(tab)
        return tab

    yield opener
    for tab in tabs:
        tab.close()
    assert [words for tab in tabs for words in tab.complaints] == []
