"""The live page: its files as a server sends them."""

from __future__ import annotations

import json
from typing import NamedTuple

from ips_contract import __version__, resources
from ips_contract.contract.components import message_names
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import SHORT_EVIDENCE
from ips_contract.pages.frame import STYLE

_FOLDER = "pages/live/"
_SCRIPT = "text/javascript; charset=utf-8"
_FACTS = "facts.js"
_SCRIPTS = (
    *("api.js", "copying.js", "dom.js", "exchanges.js", "jobs.js", "library.js", "list.js"),
    *("message.js", "page.js", "scripts.js", "view.js"),
)
_FILES = {
    "": ("text/html; charset=utf-8", _FOLDER + "index.html"),
    "style.css": ("text/css; charset=utf-8", STYLE),
    "live.css": ("text/css; charset=utf-8", _FOLDER + "live.css"),
    "icon.svg": ("image/svg+xml", _FOLDER + "icon.svg"),
    **{name: (_SCRIPT, _FOLDER + name) for name in _SCRIPTS},
}
NAMES = (*_FILES, _FACTS)
"""The names of the files; that of the page is ``""``. The others stand below ``page/``."""

# Only what the server itself gives, and nothing of it as markup: with Trusted Types the browser
# refuses to make elements of text (W3C Trusted Types, "require-trusted-types-for").
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


class PageFile(NamedTuple):
    """A file of the page: its headers, Content-Type among them, and its bytes."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


def page_file(name: str) -> PageFile:
    """The file with a name of ``NAMES``.

    Raises:
        KeyError: there is none.
        OSError: it is not in the package.
    """
    if name == _FACTS:
        return PageFile((("Content-Type", _SCRIPT), *_HEADERS), _facts())
    media_type, path = _FILES[name]
    return PageFile((("Content-Type", media_type), *_HEADERS), resources.read(path))


def _facts() -> bytes:
    """What the page has of the tables of the contract, as a module."""
    parameters = (name for name in message_names() if name.endswith("Param"))
    values = {
        "VERSION": __version__,
        "FAULTS": {code: row.name for code, row in FAULT_CODES.items()},
        "EVIDENCE": SHORT_EVIDENCE,
        "OPERATIONS": sorted(name.removesuffix("Param") for name in parameters),
    }
    lines = [f"export const {name} = {json.dumps(value)};\n" for name, value in values.items()]
    return "".join(lines).encode()
