"""A page in the browser, and what the browser complains of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator

    from ips_contract.mock.serving import MockServer

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
PATIENCE = 10_000  # Milliseconds; only what is wrong takes so long.
VIEWS = ("exchanges", "jobs", "library", "scripts")

_WATCH = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
_AXE = Axe()


class Tab:
    """A page in a context of its own.

    Attributes:
        page: the page.
        complaints: what the console has said, errors, and what its policy kept it from.
        expected: words of complaints that are meant to come.
    """

    def __init__(self, browser: Browser, address: str, options: dict[str, Any]) -> None:
        options = {"viewport": DESK, "color_scheme": "light", **options}
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.context.add_init_script(_WATCH)
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.address = address
        self.page.goto(address)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.type}: {message.text}")

    def _complain(self, words: str) -> None:
        if not any(expected in words for expected in self.expected):
            self.complaints.append(words)

    def close(self) -> None:
        for words in self.page.evaluate("globalThis.violations"):
            self._complain(words)
        self.context.close()

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def button(self, name: str, inside: str = "body") -> Locator:
        return self.page.locator(inside).get_by_role("button", name=name, exact=True)

    def open(self, view: str) -> None:
        self.page.locator(f"#tab-{view}").click()

    def is_wider_than_its_window(self) -> bool:
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide

    def barriers(self, *rules: str) -> list[str]:
        """What axe finds that is serious or critical for people with disabilities.

        Args:
            rules: those that are asked; all, if none is named.
        """
        options = {"runOnly": list(rules)} if rules else None
        found = _AXE.run(self.page, options=options).response["violations"]
        return [
            f"{row['id']}: {node['target']} {node['failureSummary']}"
            for row in found
            if row["impact"] in ("serious", "critical")
            for node in row["nodes"]
        ]


Opener: TypeAlias = Callable[..., Tab]
"""Opens an address; keywords are options of the context, such as ``viewport``."""


def live(server: MockServer) -> str:
    """The address of the live page."""
    return f"http://{server.host}:{server.port}/_ips/"
