"""What a client speaks that is no HTTP/1.1, told by the first bytes that it sends."""

from __future__ import annotations

import re

LOOKED_AT = 16  # Bytes that are enough to tell.

IS_TLS = "This is TLS, and the mock speaks plain HTTP: write http:// in its address."
IS_PLAIN = "This is no TLS, and the mock speaks TLS: write https:// in its address."
IS_HTTP_2 = "This is HTTP/2, and the mock speaks HTTP/1.1: have the client use that."
IS_RTSP = "This is RTSP, and the mock speaks HTTP/1.1: send that."
IS_PROXIED = "The mock is no proxy: give its address as the service's."
# Clients of TLS call an answer in plain text a wrong version, or an unrecognized message. An alert
# would have their users look for the fault in ciphers.
TLS = b"\x16"  # How a client's first record begins (RFC 8446 section 5.1); no HTTP does.

# Compiled when the first of them comes.
_KNOWN = (
    # Those of TLS may still begin as SSL 2.0 did (RFC 5246 appendix E.2).
    (rb"[\x80-\xff][\0-\xff]\x01[\x02\x03]", IS_TLS),
    (
        # https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, sections 2.1 and 2.2
        rb"PROXY [TU]|\r\n\r\n\0\r\nQUIT\n",
        (
            "This is the PROXY protocol of a load balancer, and the mock speaks HTTP/1.1 alone: "
            "turn it off there."
        ),
    ),
    (rb"[\x04\x05][\x01-\x0f]", f"This is SOCKS. {IS_PROXIED}"),  # RFC 1928 section 3
    (rb"SSH-", "This is SSH, and the mock speaks HTTP/1.1: send that."),
    (rb"HTTP/[0-9]", "This is an answer of HTTP, and the mock wants a request."),
    (
        rb"(?:\xef\xbb\xbf)?+[ \t\r\n]*+<",
        "This is XML with no HTTP before it: POST it, as a client of HTTP does.",
    ),
    (
        rb"(?:get|head|post|put|delete|options) ",
        "The method of the request is not in capitals, as HTTP has it: write GET or POST.",
    ),
)


def other_protocol(start: bytes) -> str:
    """Words for what begins with ``start``; ``""`` if that says nothing."""
    return next((words for form, words in _KNOWN if re.match(form, start)), "")
