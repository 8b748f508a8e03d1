"""Builds the site of the documentation, and follows its links: ``python -m tests.site``.

MkDocs complains of links between pages. This looks at what came of them: that each link and each
image of the built pages has something at its end, and that no page loads anything from elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

from tests.blocks import DOCS, ROOT

SITE = ROOT / "build" / "site"
# What a page loads when it is opened; links that a reader follows are another matter.
LOADED = "//script/@src | //link[@rel!='canonical']/@href | //img/@src | //iframe/@src"


def build() -> None:
    """Makes ``SITE`` anew.

    Raises:
        CalledProcessError: MkDocs has a warning, of which each is an error.
    """
    command = (sys.executable, "-m", "mkdocs", "build", "--strict")
    # The theme's notice about MkDocs 2 is nothing that a build could mend.
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=True)


def wrong(site: Path) -> list[str]:
    """What is wrong with the pages of ``site``, in words."""
    pages = {path: html.parse(path).getroot() for path in sorted(site.rglob("*.html"))}
    named = {path: set(page.xpath("//@id | //a/@name")) for path, page in pages.items()}
    found = []
    for path, page in pages.items():
        where = path.relative_to(site).as_posix()
        # Links of 404.html are from the root of a server; pages that docs/ has as they are have
        # scripts, and tests, of their own.
        if where == "404.html" or (DOCS / where).exists():
            continue
        found += [f"{where} loads {url}" for url in page.xpath(LOADED) if urlsplit(url).netloc]
        for url in page.xpath("//@href | //@src"):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            target = path
            if parts.path:
                target = Path(os.path.normpath(path.parent / unquote(parts.path)))
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                found.append(f"{where} links to {url}, which is not there")
            elif parts.fragment and unquote(parts.fragment) not in named.get(target, ()):
                found.append(f"{where} links to {url}, and there is no such place")
    return found


def main() -> int:
    """Builds and looks; the exit status is 1 if something is wrong."""
    begun = time.monotonic()
    try:
        build()
    except subprocess.CalledProcessError:
        return 1
    found = wrong(SITE)
    print(*found, sep="\n", end="\n" if found else "")
    pages = len(list(SITE.rglob("*.html")))
    print(f"{pages} pages in {SITE.relative_to(ROOT)}, {time.monotonic() - begun:.1f} s")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
