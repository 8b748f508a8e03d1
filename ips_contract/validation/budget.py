"""What the judgement of one document may cost, however many messages and entries are in it."""

from __future__ import annotations

MOST_FINDINGS = 10_000
_MOST_GUESSES = 500  # Who invents hundreds of names misspells none of them; nor of values.


class Budget:
    """What is left for a document; all who judge a part of it spend from the same.

    Attributes:
        findings: how many more findings are kept.
        guesses: for how many more names and values may be looked for what was meant, which takes
            time.
    """

    __slots__ = ("findings", "guesses")

    def __init__(self) -> None:
        self.findings = MOST_FINDINGS
        self.guesses = _MOST_GUESSES

    def takes_a_guess(self) -> bool:
        """Whether there is a guess left; it is spent with that."""
        if not self.guesses:
            return False
        self.guesses -= 1
        return True
