"""Answers that a test scripts in advance: faults, delays, broken connections and bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.http.messages import Response
from ips_contract.mock.arguments import check_kind
from ips_contract.validation.report.text import counted

if TYPE_CHECKING:
    from ips_contract.http.messages import Request

    Answer = Callable[[Request, Response], Response]

ANY = "*"
SCRIPTED = "scripted: "  # So notes begin.
_MOST_TIMES = 1_000_000
_LONGEST_DELAY = 86_400  # Seconds: a day. Systems refuse to sleep much longer.
_FLAG = (bool, "True or False")
_KINDS: dict[str, tuple[Any, str]] = {
    "fault": (int, "the code as a number, such as 30001"),
    "delay": ((int, float), "seconds as a number, such as 2.5"),
    "drop": _FLAG,
    "truncate": _FLAG,
    "malformed": _FLAG,
    "status": (int, "the HTTP status as a number, such as 503"),
    "body": (bytes, 'bytes, such as b"busy" or text.encode()'),
    "answer": (Callable, "a function of the request and the answer"),
}


class Step:
    """One scripted answer. ``used``: a request has got it, of those that were to."""

    def __init__(
        self,
        operation: str,
        *,
        fault: int | None = None,
        delay: float = 0.0,
        drop: bool = False,
        truncate: bool = False,
        malformed: bool = False,
        status: int | None = None,
        body: bytes | None = None,
        answer: Answer | None = None,
    ) -> None:
        self.operation = operation
        self.fault = fault
        self.delay = delay
        self.drop = drop
        self.truncate = truncate
        self.malformed = malformed
        self.status = status
        self.body = body
        self.answer = answer
        self.used = False

    @property
    def refuses(self) -> bool:
        """Whether the service does not act on the request: it answers something else."""
        return self.fault is not None or self.body is not None or self.status is not None

    def __str__(self) -> str:
        """What was scripted, for notes."""
        parts = [
            f"{name}={getattr(self, name)!r}"
            for name in ("fault", "delay", "drop", "truncate", "malformed", "status")
            if getattr(self, name) not in (None, 0.0, False)
        ]
        parts += ["body"] if self.body is not None else []
        parts += ["answer"] if self.answer is not None else []
        return SCRIPTED + ", ".join(parts)


class Script:
    """The steps that wait for a request, first in, first out for each operation.

    Attributes:
        steps: all of them, in the order they were added.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, step: Step, times: int) -> None:
        """Puts ``step`` behind the others, ``times`` times.

        Raises:
            TypeError: a value is of a wrong kind.
            ValueError: it does nothing, it contradicts itself, or a value is out of range.
        """
        check_kind("times", times, int, "a whole number")
        if not 1 <= times <= _MOST_TIMES:
            raise ValueError(f"times is {times}; give 1 to {_MOST_TIMES}")
        _check_kinds(step)
        if vars(step) == vars(Step(step.operation)):
            raise ValueError("nothing to do; give fault, delay, drop, … or answer")
        if step.fault is not None and step.fault not in FAULT_CODES:
            codes = ", ".join(map(str, FAULT_CODES))
            raise ValueError(f"no fault code {step.fault}; the codes are {codes}")
        if step.fault is not None and step.body is not None:
            raise ValueError("fault and body are both given; one answer has one of them")
        if step.status is not None and not 200 <= step.status <= 599:
            raise ValueError(f"status is {step.status}; give 200 to 599")
        if not 0 <= step.delay <= _LONGEST_DELAY:
            raise ValueError(f"delay is {step.delay}; give seconds, 0 to {_LONGEST_DELAY}")
        if step.drop and (step.fault is not None or step.body is not None):
            raise ValueError("drop is given beside an answer; a dropped connection has none")
        if step.drop and step.truncate:
            raise ValueError("drop and truncate are both given; a connection ends once")
        self.steps += [step] * times

    def take(self, operation: str) -> Step | None:
        """The next step for a request of ``operation``, used up; None if there is none."""
        for index, step in enumerate(self.steps):
            if step.operation in (operation, ANY):
                step.used = True
                return self.steps.pop(index)
        return None

    def unused(self) -> list[str]:
        """What was scripted and not used at all, in words: ``2 answers to submitJob: fault=30000``.

        One of several times is enough: ``times=9`` may mean as often as the client tries.
        """
        counts = Counter(id(step) for step in self.steps if not step.used)
        left = {id(step): step for step in self.steps if not step.used}
        return [
            f"{counted(counts[key], 'answer')} to "
            f"{'any operation' if step.operation == ANY else step.operation}: "
            f"{str(step).removeprefix(SCRIPTED)}"
            for key, step in left.items()
        ]

    def clear(self) -> None:
        """Forgets all steps."""
        self.steps.clear()


def _check_kinds(step: Step) -> None:
    """Does nothing if all values are of the right kinds.

    Raises:
        TypeError: one of them is not.
    """
    for name, (kinds, give) in _KINDS.items():
        value = getattr(step, name)
        if value is not None:
            check_kind(name, value, kinds, give)


def apply(step: Step, request: Request, response: Response) -> Response:
    """``response`` changed as ``step`` says; its body is not compressed yet.

    A malformed body ends before its last element does.

    Raises:
        TypeError: what the test's function returned is no ``Response``.
    """
    if step.answer is not None:
        response = step.answer(request, response)
        if not isinstance(response, Response):
            raise TypeError(f"script(answer=…): the function returned {response!r}, no Response")
    if step.body is not None:
        response = response._replace(body=step.body, status=step.status or 200)
    elif step.status is not None:
        response = response._replace(status=step.status)
    if step.malformed:
        response = response._replace(body=response.body[: response.body.rfind(b"</")] + b"</")
    fate = "drop" if step.drop else "truncate" if step.truncate else response.fate
    return response._replace(delay=response.delay + step.delay, fate=fate)
