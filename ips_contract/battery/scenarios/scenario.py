"""A case of the battery: what is served, what a client should make of it, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ips_contract.battery.scenarios.operation import SUBMIT
from ips_contract.contract.handles import JobHandle

if TYPE_CHECKING:
    from ips_contract.battery.scenarios.answer import Answer
    from ips_contract.battery.scenarios.operation import Operation

# Levels: does a wrong reaction fail the run, only under --strict, or never?
GATING, STRICT, INFORMATIONAL = LEVELS = ("G", "S", "I")
# Expectations: print exactly the handle; or print none, since it is a fault or not to be trusted.
ACCEPT, FAULT, REFUSE = EXPECTATIONS = ("accept", "fault", "refuse")
# Expectation → what the client should do.
MEANINGS = {
    ACCEPT: "print exactly the handle and exit with status 0",
    FAULT: "print no handle and exit with a non-zero status: the answer is a fault",
    REFUSE: "print no handle and exit with a non-zero status: the answer cannot be trusted",
}
# The same for a callable.
CALLED = {
    ACCEPT: "return exactly the handle",
    FAULT: "raise an error: the answer is a fault",
    REFUSE: "raise an error: the answer cannot be trusted",
}

SB = "WS-I Simple SOAP Binding Profile 1.0"
BP = "WS-I Basic Profile 1.1"
SOAP = "SOAP 1.1"
XML = "XML 1.0"
NAMES = "Namespaces in XML 1.0"

COMPANY = "47"
USER, PASSWORD = "battery@example.com", "correct horse"
JOB_NAME = "Nightly publish"
DEADLINE = 10.0  # Seconds.
EXAMPLE = 99  # The number of drawn cases, which are none of the list.


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case of the battery.

    Attributes:
        id: its name on the command line.
        number: its number in the list of cases.
        title: what is special about the answer.
        rule: who says what is right, with the place.
        level: ``"G"`` gates, ``"S"`` gates under ``--strict``, ``"I"`` informs.
        expect: ``"accept"``, ``"fault"`` or ``"refuse"``.
        answer: what is served.
        deadline: seconds that the client has.
        job_name: the name it is given.
        password: the password it is given.
        handle: the handle served, with ``%name%`` and ``%company%``; ``""``: the usual one.
        posts: the most POSTs that are right.
        unanswered: whether a second POST only breaks a SHOULD, because nothing was answered.
        of_field: whether it is about the field that is printed alone, as the contract has it.
        operation: what the client is asked to call.
    """

    id: str
    number: int
    title: str
    rule: str
    level: str
    expect: str
    answer: Answer
    deadline: float = DEADLINE
    job_name: str = JOB_NAME
    password: str = PASSWORD
    handle: str = ""
    posts: int = 1
    unanswered: bool = False
    of_field: bool = False
    operation: Operation = SUBMIT

    def __str__(self) -> str:
        return self.id

    @property
    def __name__(self) -> str:
        """The id: pytest takes it for the name of a parametrized test."""
        return self.id

    def with_deadline(self, seconds: float) -> Scenario:
        """The same case with another deadline."""
        return replace(self, deadline=seconds)

    def asking(self, operation: Operation) -> Scenario:
        """The same case of another operation."""
        return replace(self, operation=operation)

    def served(self, *, dated: bool) -> str:
        """The handle that an answer to this case's submission has, or the value of its field."""
        if not self.operation.is_submission:
            return self.job_name if self.operation.takes_text else self.operation.value
        if self.handle:
            form = self.handle.replace("%company%", COMPANY)
            form = f"j|{form}|" if dated else form
            return form.replace("%name%", self.job_name)
        return JobHandle(COMPANY, self.job_name).text(dated=dated)
