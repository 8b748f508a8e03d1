"""Places in documents that the two parsers read differently."""

from __future__ import annotations

import pytest

from ips_contract.xml.parser import local_name, parse
from ips_contract.xml.positions import as_utf8, element_starts, locate


def test_places_where_expat_stops_early() -> None:
    root = parse(b"<a>\n<b/>\n</a>")
    assert locate(root, b"<a>", [root[0]]) == {root[0]: (1, 2, None)}
    assert locate(root, b"<a><b/></a>", [root[0], root]) == {
        root: (0, 1, 1),
        root[0]: (3, 1, 4),
    }


@pytest.mark.parametrize(
    "text",
    [
        "<a>\n<b/><bc/>\n  <p:b xmlns:p='u'/><c><b/></c>\n</a>",
        "<a><!-- <c> --><c/><![CDATA[ <d> ]]><d/><?e <e> ?><e>\n</e></a>",
        "<a>\n <c/> &lt;d <d x='&lt;e'/> ü<e/></a>",
        "<?xml version='1.0'?>\n\n<q:a xmlns:q='v'><q:b/><q:a/><b><q:c/></b></q:a>",
        "<ä><ää/><b/><é/></ä>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_each_alone_is_where_it_is_among_all(text: str, encoding: str) -> None:
    """A name may begin another one, or stand where no tag is."""
    data = text.encode(encoding)
    root = parse(data)
    every = [*root.iter()]
    together = locate(root, data, every * 20)
    assert list(together) == every
    starts = [(line, column) for _, line, column in together.values()]
    assert all(None not in start for start in starts)
    assert starts == sorted(starts)
    lines = text.split("\n")
    for element in every:
        [(_, line, column)] = locate(root, data, [element]).values()
        assert (line, column) == together[element][1:]
        assert line is not None
        assert column is not None
        name = local_name(element)
        tag = f"<{element.prefix}:{name}" if element.prefix else f"<{name}"
        assert lines[line - 1][column - 1 :].startswith(tag)


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (b"<a/>", None, b"<a/>"),
        (b"\xef\xbb\xbf<a/>", "UTF-8", b"<a/>"),
        ("\n<a/>".encode("utf-16"), None, b"\n<a/>"),
        ("\ufeff\n<a/>".encode("utf-16-be"), "UTF-16BE", b"\n<a/>"),
        ("\ufeff<a/>".encode("gb18030"), "GB18030", b"<a/>"),
        (b"<a>\xfc</a>", "ISO-8859-1", "<a>\u00fc</a>".encode()),
        # Where Python is stricter than libxml2, one character stands for one that it cannot read.
        (b"<a>\x81</a>", "windows-1252", "<a>\ufffd</a>".encode()),
        (b"<a/>", "no-such-encoding", b""),
    ],
)
def test_encodings(data: bytes, declared: str | None, text: bytes) -> None:
    assert as_utf8(data, declared) == text


def test_start_tags_of_recoded_text() -> None:
    """The declaration of a document that was UTF-16 still says so."""
    head = b'<?xml version="1.0" encoding="UTF-16"?>'
    assert element_starts(head + b"<a><b/></a>", [0, 1]) == [len(head), len(head) + 3]


def test_few_places_in_a_long_document_are_those_among_many() -> None:
    items = "".join(f"<i n='{n}'><b/>\n<c>{'x' * (n % 7)}</c></i>" for n in range(600))
    data = f"<a><!-- <i/> -->{items}<z><?i <b?></z></a>".encode()
    root = parse(data)
    every = [*root.iter()]
    places = locate(root, data, every)
    for element in (root, root[0], root[299][1], root[300], root[-2][0], root[-1]):
        assert locate(root, data, [element]) == {element: places[element]}
    assert element_starts(data, [len(every)]) is None
