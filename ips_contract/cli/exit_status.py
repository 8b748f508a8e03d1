"""What the commands exit with."""

from __future__ import annotations

OK = 0
FINDINGS = 1  # Documents are invalid, or cases of the battery fail.
ERROR = 2  # A file could not be read or written, or the command was wrong.
# What a shell says of SIGINT and SIGPIPE.
INTERRUPTED = 130
CLOSED_PIPE = 141
