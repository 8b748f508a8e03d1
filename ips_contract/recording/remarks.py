"""How the notes of recorded exchanges begin that a reader is told."""

from __future__ import annotations

ANSWER = "the answer: "  # A finding on what the service answered.
UNREACHED = "no answer: "  # What was answered is the recorder's own.
REPLAYED = "replayed"  # The whole note.
NOT_RECORDED = "not recorded"
