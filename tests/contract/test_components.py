"""The components of the schema, read by several threads at once."""

from __future__ import annotations

import threading

from ips_contract.contract.components import Components

HEAD = b'<xs:schema>\n\n<xs:element name="one"/>\n\n'


def test_a_thread_does_not_miss_what_another_one_just_reads() -> None:
    """Clients of the battery run side by side, and their first messages are judged at once."""
    found: list[bytes] = []

    def look() -> None:
        found.append(known["two"])

    other = threading.Thread(target=look)

    def read_last() -> bytes:
        other.start()
        other.join(0.05)  # It waits for this file; without a lock it would find nothing unread.
        return HEAD + b'<xs:element name="two"/>\n\n<xs:type name="two"/>\n</xs:schema>'

    known = Components([lambda: HEAD + b"</xs:schema>", read_last])
    mine = known["two"]
    other.join()
    assert found == [mine]
    assert mine.count(b'name="two"') == 2
