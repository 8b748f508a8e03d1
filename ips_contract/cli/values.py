"""The values of arguments: each reads a text, as argparse's ``type`` does, or says what to give.

They stand apart from what the commands do, so that ``--help`` needs no lxml.
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from ips_contract.contract.rules import docs_site
from ips_contract.contract.versions import BETA_2016, Version, find_version
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from datetime import datetime

    from ips_contract.mock.state.accounts import Account
    from ips_contract.mock.state.lifecycle import Plan

SHELLS = ("bash", "zsh", "fish")
TENANTS_BY = ("user", "company")  # As ips_contract.mock.tenants has them.
MOST_JOBS = 64


def served_wsdl(path: str) -> Version:
    """A WSDL to serve: it is one document, with all that it needs."""
    try:
        return version_of_file(path, follow=False)
    except argparse.ArgumentTypeError as error:
        try:
            version_of_file(path, follow=True)
        except argparse.ArgumentTypeError:
            raise error from None
    words = "it is in several files; the mock serves one that is whole"
    raise argparse.ArgumentTypeError(f"{path}: {words}")


def version_of_file(path: str, *, follow: bool) -> Version:
    """The version of the WSDL in a file."""
    from ips_contract.wsdl.documents import UnreadableWsdl  # It needs lxml.
    from ips_contract.wsdl.version import version_of

    try:
        return version_of(path, follow=follow)
    except UnreadableWsdl as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def version_or_beta(name: str) -> Version:
    """A version whose contract is known, published or not."""
    return BETA_2016 if name in (BETA_2016.label, BETA_2016.namespace) else version(name)


def version(name: str) -> Version:
    """A published version."""
    try:
        return find_version(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def size(text: str) -> int:
    """A number of bytes."""
    if not _is_number(text) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes")
    return int(text)


def docs_address(text: str) -> str:
    """The address of the documentation."""
    try:
        return docs_site(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _is_number(text: str) -> bool:
    """Whether it is digits as they stand in ASCII; ``int`` reads those of all scripts."""
    return text.isascii() and text.isdecimal()


def host(text: str) -> str:
    """An address to listen at."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: give an address; 0.0.0.0 is all of them")
    if "://" in text or text.count(":") == 1 or text[0] in "[/":
        raise argparse.ArgumentTypeError(
            f"{text!r} is more than an address: give one such as 127.0.0.1 or ::1; --port is apart"
        )
    # No name ends in a number (WHATWG URL, "ends in a number"): what does and has not four, the
    # system takes for a short address, and 0 for all addresses.
    ends_in_number = re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", text.rstrip(".").rpartition(".")[2])
    if ":" not in text and ends_in_number and not re.fullmatch(r"([0-9]+\.){3}[0-9]+", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no whole address: give one such as 127.0.0.1; 0.0.0.0 is all of them"
        )
    return text


def file(text: str) -> str:
    """The name of a file, which is not looked at; an unset variable of a shell is none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: give the name of a file")
    return text


def port(text: str) -> int:
    """A TCP port; 0 for a free one."""
    if not _is_number(text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give 0 to 65535")
    return int(text)


def latency(text: str) -> float:
    """Milliseconds, in seconds."""
    try:
        milliseconds = float(text)
    except ValueError:
        milliseconds = -1.0
    if not 0 <= milliseconds <= 3_600_000:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: give milliseconds, at most an hour of them"
        )
    return milliseconds / 1000


def account(text: str) -> Account:
    """EMAIL:PASSWORD, with a role behind it or without."""
    from ips_contract.mock.state.accounts import ROLES, Account  # It needs lxml.

    email, colon, rest = text.partition(":")
    # A password may have colons: only what is behind the last can be a role.
    password, _, role = rest.rpartition(":")
    if not password:
        password, role = rest.removesuffix(":"), ROLES[0]
    if not (email.strip() and colon and password):
        raise argparse.ArgumentTypeError("give EMAIL:PASSWORD or EMAIL:PASSWORD:ROLE")
    if role not in ROLES:
        # The text is not repeated: what is thought a role may be half of a password.
        raise argparse.ArgumentTypeError(
            f"what follows the last colon is no role; the roles are {', '.join(ROLES)}"
        )
    return Account(email.strip(), password, role)


def plan(text: str) -> Plan:
    """When jobs end."""
    from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan, check_plan

    named = {"at-once": AT_ONCE, "manual": MANUAL}.get(text)
    if named is not None:
        return named
    found = re.fullmatch(r"(?:polls=([0-9]{1,9}),?)?(?:seconds=([0-9]{1,12}(?:\.[0-9]+)?))?", text)
    if found is None or not any(found.groups()) or text.endswith(","):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no plan: give polls=2, seconds=60, polls=2,seconds=60, at-once or manual"
        )
    polls, seconds = found.groups()
    plan = Plan(int(polls) if polls else None, float(seconds) if seconds else None)
    try:
        check_plan(plan)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return plan


def outcome(text: str) -> tuple[str, str]:
    """NAME=OUTCOME, of a job."""
    from ips_contract.mock.state.jobs import OUTCOMES

    name, _, outcome = text.rpartition("=")  # A name may have one, too.
    if not name:
        raise argparse.ArgumentTypeError(f"{text!r}: give NAME=OUTCOME")
    if outcome not in OUTCOMES:
        raise argparse.ArgumentTypeError(no_such("outcome", outcome, OUTCOMES))
    return name, outcome


def moment(text: str) -> datetime:
    """A date and time that a clock can show."""
    from datetime import datetime

    from ips_contract.mock.clock import Clock

    try:
        moment = datetime.fromisoformat(text)
        Clock(moment)
    except ValueError as error:
        words = f"{text!r}: {error}; give one such as 2014-04-03T09:30:00Z"
        raise argparse.ArgumentTypeError(words) from None
    return moment


def shell(text: str) -> str:
    """A shell that there is completion for."""
    if text not in SHELLS:
        raise argparse.ArgumentTypeError(no_such("shell", text, SHELLS))
    return text


def tenants_by(text: str) -> str:
    """What tells tenants apart."""
    if text not in TENANTS_BY:
        raise argparse.ArgumentTypeError(no_such("credential", text, TENANTS_BY))
    return text


def count(text: str) -> int:
    """How many messages."""
    if not _is_number(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of messages")
    return int(text)


def seed(text: str) -> int:
    """A whole number, in whatever way Python writes it."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number") from None


def seconds(text: str) -> float:
    """A time of more than nothing, an hour at most."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: give seconds, at most 3600")
    return value


def jobs(text: str) -> int:
    """How many clients run at the same time."""
    if not _is_number(text) or not 0 < int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of jobs: give 1 to {MOST_JOBS}")
    return int(text)


def number(text: str) -> int:
    """A number of nine digits at most."""
    if not (_is_number(text) and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)
