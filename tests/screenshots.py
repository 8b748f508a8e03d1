"""Pictures of the real pages for docs/: ``python -m tests.screenshots`` (``make screenshots``).

They are committed, so that the site can be built, and the pages read, without a browser. Each is
made of what the tool really writes, by the commands and the tests that a page of docs/ shows.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from ips_contract import mock
from tests.blocks import DOCS, HOW_TO, TUTORIALS, blocks
from tests.browser.chromium import MISSING, OPTIONS, program
from tests.docs.running import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Page, ViewportSize

IMAGES = DOCS / "images"
MOST_BYTES = 150_000
SIZE: ViewportSize = {"width": 1000, "height": 680}


def files_of(page: Path, folder: Path) -> None:
    """Writes the files that ``page`` shows."""
    for block in blocks(page):
        if block.info.endswith(".py"):
            (folder / block.info).write_text(block.text, encoding="utf-8")


def call(folder: Path, *words: str) -> None:
    """Runs a command; that it finds something wrong is what is shown."""
    command = (sys.executable, "-m", *words)
    subprocess.run(command, cwd=folder, env=environment(), check=False, capture_output=True)


@contextmanager
def report(folder: Path) -> Iterator[str]:
    """The report of the tests in the tutorial."""
    files_of(TUTORIALS / "python.md", folder)
    call(folder, "pytest", "--ips-report=report.html")
    yield (folder / "report.html").as_uri()


@contextmanager
def battery(folder: Path) -> Iterator[str]:
    """The report of the battery about the first driver of the how-to page."""
    files_of(HOW_TO / "fuzz.md", folder)
    cases = ("--api-version", "6.8", "--case", "handle-*", "--report", "battery.html")
    call(folder, "ips_contract", "fuzz", *cases, "--", sys.executable, "driver.py")
    yield (folder / "battery.html").as_uri()


@contextmanager
def live_page(folder: Path) -> Iterator[str]:
    """The live page, after the messages of the tutorial."""
    files_of(TUTORIALS / "python.md", folder)
    with mock.serve() as server:
        for name, kind in (("Nightly", "Full"), ("Weekly", "FullWithSearch"), ("Monthly", "full")):
            code = f"from shop import publish; publish({name!r}, {kind!r}, {server.endpoint!r})"
            call(folder, *("timeit", "-n1", "-r1", code))
        yield f"http://{server.host}:{server.port}/_ips/"


def of_report(page: Page) -> None:
    """From the first message on."""
    page.locator("h2", has_text="Messages").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('section.test').scrollIntoView()")


def of_battery(page: Page) -> None:
    """From its top."""
    page.locator("details.exchange").first.wait_for()


def of_live_page(page: Page) -> None:
    """With the message that is wrong."""
    page.get_by_text("full", exact=False).first.wait_for(timeout=10_000)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator(".row.hit mark").first.wait_for(timeout=10_000)


# Name → what makes the page, and what is done before the picture is taken.
SHOTS: dict[str, tuple[Callable[[Path], AbstractContextManager[str]], Callable[[Page], None]]] = {
    "report": (report, of_report),
    "battery": (battery, of_battery),
    "live-page": (live_page, of_live_page),
}


def take(folder: Path) -> None:
    """Makes all pictures in ``folder``.

    Raises:
        SystemExit: there is no browser.
    """
    path = program()
    if path is None:
        raise SystemExit(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        for name, (make, prepare) in SHOTS.items():
            with TemporaryDirectory() as work, make(Path(work)) as address:
                page = browser.new_page(viewport=SIZE, color_scheme="light")
                page.goto(address)
                prepare(page)
                page.screenshot(path=folder / f"{name}.png", animations="disabled")
                page.close()
        browser.close()


if __name__ == "__main__":
    take(IMAGES)
    print(*sorted(f"{path} {path.stat().st_size}" for path in IMAGES.glob("*.png")), sep="\n")
