"""What the pages in docs/ have that MkDocs does not know: hooks for ``mkdocs.yml``.

On GitHub and in an editor the pages are read as they are. For the site their Markdown is changed:
the rest of a fence's first line becomes a title, GitHub's alerts become admonitions, pictures for
mermaid tables, and links to files outside docs/ go to the repository if it is published
(``IPS_CONTRACT_REPOSITORY``), else they are the file's name.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent
CHANGELOG = "maintainers/changelog.md"

_FENCE = re.compile(r"(?m)^(?P<before> *`{3,})(?P<language>[\w+-]+)(?P<info> [^`\n]+)?$")
_PICTURE = re.compile(r"(?ms)^```mermaid\n(?P<text>.*?)^```\n")
_ALERT = re.compile(r"(?m)^> \[!(?P<kind>[A-Z]+)\]\n(?P<text>(?:>.*\n?)+)")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\n]*)\]\((?P<target>[^)#\s]+)(?P<anchor>#[^)\s]+)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the changelog, which is at the top of the repository, as a page."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    files.append(File.generated(config, CHANGELOG, content=text.replace("](docs/", "](../")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: object) -> str:
    """The Markdown of a page as MkDocs takes it."""
    repository = (config.extra["repository"] or "").rstrip("/")
    return with_links(with_alerts(with_titles(with_rows(markdown))), page.file.src_uri, repository)


def with_rows(markdown: str) -> str:
    """``markdown``, in which a picture for mermaid is a table: a row for each of its subgraphs.

    To draw it would take a script from elsewhere.
    """

    def table(picture: re.Match[str]) -> str:
        arrows = dict(re.findall(r"(?m)^ *(\w+) --> (.+)$", picture["text"]))
        lines = ["| row | package → what it imports |", "|---|---|"]
        for name, packages in re.findall(r"(?ms)^ *subgraph (\w+)\n(.*?)^ *end$", picture["text"]):
            cells = [
                f"**{package}** → {arrows[package].replace(' & ', ', ')}"
                if package in arrows
                else f"**{package}**"
                for package in packages.split()
            ]
            lines.append(f"| {name} | {'<br>'.join(cells)} |")
        return "\n".join(lines) + "\n"

    return _PICTURE.sub(table, markdown)


def with_titles(markdown: str) -> str:
    """``markdown``, in which a name behind the language of a block is the block's title.

    Names of files and their paths are shown. Words that only tests read are not.
    """

    def titled(fence: re.Match[str]) -> str:
        info = (fence["info"] or "").strip()
        title = f' title="{info}"' if re.search(r"\.\w+$", info) else ""
        return f"{fence['before']}{fence['language']}{title}"

    return _FENCE.sub(titled, markdown)


def with_alerts(markdown: str) -> str:
    """``markdown``, in which a quote that begins with ``[!WARNING]`` is an admonition."""

    def admonition(alert: re.Match[str]) -> str:
        lines = [line.removeprefix(">").removeprefix(" ") for line in alert["text"].splitlines()]
        text = "\n".join(f"    {line}".rstrip() for line in lines)
        return f"!!! {alert['kind'].lower()}\n\n{text}\n"

    return _ALERT.sub(admonition, markdown)


def with_links(markdown: str, source: str, repository: str) -> str:
    """``markdown``, in which links to files outside docs/ lead somewhere.

    Args:
        markdown: of a page.
        source: the page's path in docs/.
        repository: where the source is published; empty if it is not.
    """
    folder = posixpath.dirname(source)

    def led(link: re.Match[str]) -> str:
        target = link["target"]
        if "://" in target or target.startswith("/"):
            return link[0]
        path = posixpath.normpath(posixpath.join("docs", folder, target))
        if path.startswith("docs/"):
            return link[0]
        if path == "CHANGELOG.md":
            return f"[{link['text']}]({posixpath.relpath(CHANGELOG, folder or '.')})"
        if repository:
            return f"[{link['text']}]({repository}/blob/main/{path}{link['anchor'] or ''})"
        named = link["text"].strip("`").rstrip("/")
        return link["text"] if path.endswith(named) else f"{link['text']} (`{path}`)"

    return _LINK.sub(led, markdown)
