"""The operation that a client is asked to call: submitJob, or any other of the contract.

Templates of answers (``bodies``) have places for its name, for the field that the client prints,
and for what must stand around that. ``asking`` makes an operation of the contract.
"""

from __future__ import annotations

from typing import NamedTuple


class Operation(NamedTuple):
    """An operation, and what of it a client is asked for.

    Attributes:
        name: such as ``submitJob``.
        prints: path of the field whose value the client prints; ``()``: the answer has none.
        sends: path of the field of the request that has the name; ``()``: it is not looked for.
        before: what stands in the answer before the field, ``@`` before each name.
        after: what stands there after it.
        value: the field's value, unless it depends on the case.
        takes_text: whether any text is a value of the field.
        needed: whether an answer without the field is wrong by the contract.
    """

    name: str
    prints: tuple[str, ...]
    sends: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    value: str = ""
    takes_text: bool = False
    needed: bool = True

    @property
    def request(self) -> str:
        """The name of the request."""
        return f"{self.name}Param"

    @property
    def answer(self) -> str:
        """The name of the answer."""
        return f"{self.name}Return"

    @property
    def another(self) -> str:
        """The name of another operation's answer."""
        return "stopJobReturn" if self.name != "stopJob" else "pauseJobReturn"

    @property
    def field(self) -> str:
        """The name of the field that is printed, ``""`` if there is none."""
        return self.prints[-1] if self.prints else ""

    def item(self, prefix: str = "", value: str = "%handle%") -> str:
        """The template of the field with its value, ``""`` if there is none."""
        return f"<{prefix}{self.field}>{value}</{prefix}{self.field}>" if self.prints else ""

    @property
    def noun(self) -> str:
        """What is printed, in a word."""
        return "handle" if self.is_submission else "value"

    @property
    def what(self) -> str:
        """What is printed, in words."""
        if self.is_submission:
            return "the handle"
        return f"the value of {'/'.join(self.prints)}" if self.prints else "nothing"

    @property
    def is_submission(self) -> bool:
        """Whether this is submitJob, for which the cases were written."""
        return self.name == SUBMIT.name


SUBMIT = Operation("submitJob", ("jobHandle",), ("jobName",))
