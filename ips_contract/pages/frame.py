"""What HTML reports have in common: the frame, the style, and the parts around messages.

A report is one file and asks for nothing else. All that came from outside is escaped; the page's
policy lets nothing but its own script run.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING

from ips_contract import resources
from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

STYLE = "pages/style.css"
_REPORT_STYLE = "pages/report.css"
_REPORT_SCRIPT = "pages/report.js"


def frame(
    title: str,
    heading: str,
    about: str,
    parts: Iterable[str],
    *,
    style: str = "",
    script: str | None = None,
) -> str:
    """The page.

    Args:
        title: of the browser's window; without markup.
        heading: over all; without markup.
        about: what the page is about; HTML.
        parts: what is in it; HTML.
        style: more of it, for this page.
        script: that of this page; None: that of reports.
    """
    style = _text(STYLE) + _text(_REPORT_STYLE) + style
    script = _text(_REPORT_SCRIPT) if script is None else script
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{style}</style></head><body><main>",
            f"<h1>{escape(heading)}</h1>",
            f'<p class="soft">{about}</p>',
            *parts,
            f"</main><script>{script}</script></body></html>\n",
        )
    )


def _text(name: str) -> str:
    return resources.read(name).decode()


def cards(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Numbers in boxes.

    Args:
        rows: the number, what it counts, and the class of its colour.
    """
    yield '<div class="cards">'
    for number, label, kind in rows:
        yield f'<div class="card"><b class="{kind}">{number}</b>'
        yield f'<span class="soft">{label}</span></div>'
    yield "</div>"


def tools(filters: Mapping[str, str], things: str) -> Iterator[str]:
    """Buttons that filter, and a field to search in.

    Args:
        filters: class of a colour → the words of its button.
        things: what is filtered, as ``messages``.
    """
    yield '<div class="tools hidden"><button data-kind="" aria-pressed="true">All</button>'
    for kind, name in filters.items():
        yield f'<button data-kind="{kind}" aria-pressed="false">{name}</button>'
    yield (
        f'<input id="search" type="search" placeholder="Find in {things}" aria-label="Find"></div>'
    )
    yield f'<p id="none" class="soft hidden">No {things.removesuffix("s")} fits.</p>'


def command(text: str) -> str:
    """A command that can be copied."""
    return (
        f'<div class="command"><code>{escape(shown(text))}</code>'
        '<button class="copy hidden">Copy</button></div>'
    )
