"""Answers that a test scripts in advance: faults, delays, broken connections and bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.model import contract
from ips_contract.contract.versions import BETA_2016, VERSIONS
from ips_contract.contract.writer import write_answer
from ips_contract.http.messages import Response, split_target
from ips_contract.mock.arguments import check_kind, check_operation
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from ips_contract.http.messages import Request

    Answer = Callable[[Request, Response], Response]

When: TypeAlias = Literal["before", "after"]

ANY = "*"
BEFORE: When = "before"
AFTER: When = "after"
_DEFAULT = "submitJob"
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
    "fields": (Mapping, "a dict from fields to values, such as {'folderHandle': 'f|a/'}"),
    "operation": (str, "its name, such as 'submitJob'"),
    "path": (str, "the path of an address, such as '/scene7/UploadFile'"),
}


class Step:
    """One scripted answer, and what request it is for; ``Service.script`` says what each is.

    Attributes:
        number: its own among all that were added to its script, from 1; 0 before.
        used: a request has got it, of those that were to.
    """

    def __init__(
        self,
        operation: str | None = None,
        *,
        path: str | None = None,
        when: When = AFTER,
        fault: int | None = None,
        delay: float = 0.0,
        drop: bool = False,
        truncate: bool = False,
        malformed: bool = False,
        status: int | None = None,
        body: bytes | None = None,
        answer: Answer | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        self.operation = _DEFAULT if operation is None and path is None else operation
        self.path = path
        self.when = when
        self.fault = fault
        self.delay = delay
        self.drop = drop
        self.truncate = truncate
        self.malformed = malformed
        self.status = status
        self.body = body
        self.answer = answer
        self.fields = fields
        self.number = 0
        self.used = False

    @property
    def refuses(self) -> bool:
        """Whether the service does not act on the request: it answers something else."""
        given = (self.fault, self.body, self.status, self.fields)
        return any(value is not None for value in given)

    @property
    def does_nothing(self) -> bool:
        """Whether nothing is scripted."""
        nothing = Step(self.operation, path=self.path, when=self.when)
        return vars(self) == vars(nothing)

    @property
    def whom(self) -> str:
        """What it is for, in words."""
        if self.operation is None:
            return str(self.path)
        operation = "any operation" if self.operation == ANY else self.operation
        return operation if self.path is None else f"{operation} at {self.path}"

    def is_at(self, target: str) -> bool:
        """Whether it is for requests to ``target``. A query counts if the step's path has one."""
        if self.path is None:
            return True
        path, query = split_target(target)
        return self.path == (f"{path}?{query}" if "?" in self.path else path)

    def __str__(self) -> str:
        """What was scripted, for notes."""
        parts = [
            f"{name}={getattr(self, name)!r}"
            for name in ("fault", "delay", "drop", "truncate", "malformed", "status")
            if getattr(self, name) not in (None, 0.0, False)
        ]
        parts += ["body"] if self.body is not None else []
        parts += [name for name in ("answer", "fields") if getattr(self, name) is not None]
        return SCRIPTED + ", ".join(parts)


class Script:
    """The steps that wait for a request, first in, first out for each operation.

    Attributes:
        steps: all of them, in the order they were added; one that is for several requests is there
            once for each.
        changes: how often a step came or went, for whoever wants to know whether one did.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.changes = 0
        self._count = 0

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
        _check_whom(step)
        if step.does_nothing:
            raise ValueError("nothing to do; give fault, delay, drop, … or answer")
        if step.fault is not None and step.fault not in FAULT_CODES:
            codes = ", ".join(map(str, FAULT_CODES))
            raise ValueError(f"no fault code {step.fault}; the codes are {codes}")
        if step.fault is not None and step.body is not None:
            raise ValueError("fault and body are both given; one answer has one of them")
        if step.fields is not None:
            _check_fields(step)
        if step.status is not None and not 200 <= step.status <= 599:
            raise ValueError(f"status is {step.status}; give 200 to 599")
        if not 0 <= step.delay <= _LONGEST_DELAY:
            raise ValueError(f"delay is {step.delay}; give seconds, 0 to {_LONGEST_DELAY}")
        given = (step.fault, step.body, step.fields)
        if step.drop and any(value is not None for value in given):
            raise ValueError("drop is given beside an answer; a dropped connection has none")
        if step.drop and step.truncate:
            raise ValueError("drop and truncate are both given; a connection ends once")
        self._count += 1
        step.number = self._count
        self.changes += 1
        self.steps += [step] * times

    def remove(self, number: int) -> bool:
        """Forgets the step with this number, for all requests it was to answer; False: no such."""
        left = [step for step in self.steps if step.number != number]
        found = len(left) < len(self.steps)
        self.changes += found
        self.steps = left
        return found

    def take(self, operation: str, target: str, when: str) -> Step | None:
        """The next step for a message, used up; None if there is none.

        Args:
            operation: what it asks for; ``""`` if no version has such an operation.
            target: where it was sent to.
            when: before or after it is judged.
        """
        for index, step in enumerate(self.steps):
            is_meant = step.when == when and step.operation in (operation, ANY, None)
            if is_meant and step.is_at(target):
                return self._use(index)
        return None

    def take_at(self, target: str, *, is_message: bool) -> Step | None:
        """The next step for whatever is sent to an address, used up; None if there is none.

        Args:
            target: the address.
            is_message: whether it can be judged: then only what is to come before that.
        """
        for index, step in enumerate(self.steps):
            is_meant = step.operation is None and (not is_message or step.when == BEFORE)
            if is_meant and step.is_at(target):
                return self._use(index)
        return None

    def _use(self, index: int) -> Step:
        step = self.steps.pop(index)
        step.used = True
        self.changes += 1
        return step

    def unused(self) -> list[str]:
        """What was scripted and not used at all, in words: ``2 answers to submitJob: fault=30000``.

        One of several times is enough: ``times=9`` may mean as often as the client tries.
        """
        counts = Counter(id(step) for step in self.steps if not step.used)
        left = {id(step): step for step in self.steps if not step.used}
        return [
            f"{counted(counts[key], 'answer')} to {step.whom}: {str(step).removeprefix(SCRIPTED)}"
            for key, step in left.items()
        ]

    def clear(self) -> None:
        """Forgets all steps."""
        self.changes += 1
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


def _check_whom(step: Step) -> None:
    """Does nothing if there are such operations and such addresses.

    Raises:
        ValueError: there are not.
    """
    if step.operation not in (None, ANY):
        check_operation(step.operation)
    if step.path is not None and not step.path.startswith("/"):
        raise ValueError(f"path is {step.path!r}; give it from its slash on: '/scene7/UploadFile'")
    if step.when not in (BEFORE, AFTER):
        raise ValueError(f"when is {step.when!r}; give 'before' or 'after'")


def _check_fields(step: Step) -> None:
    """Does nothing if the answer of a version can have the fields of ``step``.

    Raises:
        ValueError: none can, or something else is given to answer with.
    """
    operation, fields = step.operation, step.fields
    assert fields is not None
    if operation in (None, ANY):
        raise ValueError("fields are given for no operation; say whose they are: operation='…'")
    if step.fault is not None or step.body is not None:
        raise ValueError("fields are given beside a fault or a body; one answer has one of them")
    _check_depth(fields)
    name = f"{operation}Return"
    first = None
    for version in (*reversed(VERSIONS), BETA_2016):
        if name in contract(version).messages:
            try:
                write_answer(version, name, fields)
            except ValueError as error:
                first = first or error
            else:
                return
    raise ValueError(f"fields: {first}")


_MOST_LEVELS = 250  # Of mappings and lists: a tree of a hundred folders has two for each.


def _check_depth(fields: Mapping[str, Any]) -> None:
    """Does nothing if ``fields`` can be written, which goes deeper in the stack at each level.

    Raises:
        ValueError: they cannot.
    """
    level: list[Any] = [fields]
    for _ in range(_MOST_LEVELS):
        level = [
            below
            for value in level
            for below in (value.values() if isinstance(value, Mapping) else value)
            if isinstance(below, (Mapping, list, tuple))
        ]
        if not level:
            return
    raise ValueError(f"fields are nested too deep: {_MOST_LEVELS} levels are the most")


def apply(step: Step, request: Request, response: Response) -> Response:
    """``response`` changed as ``step`` says; its body is not compressed yet.

    A malformed body ends before its last element does.

    Raises:
        TypeError: what the test's function returned is no ``Response``.
    """
    if step.body is not None:
        response = response._replace(body=step.body, status=step.status or 200)
    elif step.status is not None:
        response = response._replace(status=step.status)
    if step.answer is not None:
        response = step.answer(request, response)
        if not isinstance(response, Response):
            raise TypeError(f"script(answer=…): the function returned {response!r}, no Response")
    if step.malformed:
        response = response._replace(body=response.body[: response.body.rfind(b"</")] + b"</")
    fate = "drop" if step.drop else "truncate" if step.truncate else response.fate
    return response._replace(delay=response.delay + step.delay, fate=fate)
