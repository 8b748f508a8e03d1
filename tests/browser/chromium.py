"""The browser of this machine. None is downloaded."""

from __future__ import annotations

import os
import shutil

MISSING = "tests/browser needs Chromium: apt-get install chromium, or IPS_BROWSER=PATH of one."
OPTIONS = (
    *("--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"),
    *("--disable-sync", "--no-first-run"),
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def program() -> str | None:
    """The path of the browser, which IPS_BROWSER may say; None: there is none."""
    return os.environ.get("IPS_BROWSER") or next(filter(None, map(shutil.which, _NAMES)), None)
