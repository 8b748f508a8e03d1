"""A request that is ready to be acted on, as operations see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.versions import UNVERSIONED

if TYPE_CHECKING:
    from datetime import datetime

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.mock.state.accounts import Account


class Call:
    """A request that is parsed, authenticated, valid and allowed.

    Attributes:
        now: when it came.
        data: the document; of it nothing but the job element is ever shown.
        namespace: that of the message.
        account: who asks.
        message: its element.
        fields: the text of the message's direct children.
        last: the local name of the last of them; that of the job in a submission.
        company: the number in companyHandle, ``""`` without one.
        version: the version whose fields the answer has.
        locale: as wished for outside of the message, ``""`` if it was not.
        log_types: the text of logTypeArray's items.
        address: scheme and host that the service was asked at, such as ``http://localhost:8080``.
        notes: remarks on how it was sent, and on what its answer leaves out.
    """

    now: datetime
    data: bytes
    namespace = UNVERSIONED
    account: Account
    message: etree._Element | None = None
    fields: dict[str, str]
    last = ""
    company = ""
    version: Version
    locale = ""
    address = ""
    log_types: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def note(self, remark: str) -> None:
        """Adds a remark."""
        self.notes += (remark,)

    @property
    def dated(self) -> bool:
        """Whether handles have the form of dated versions."""
        return self.namespace != UNVERSIONED

    @property
    def date(self) -> str:
        """The date in the message's namespace; ``""`` for pre-4.0."""
        return self.namespace.removeprefix(UNVERSIONED).removeprefix("/")

    def company_handle(self, number: str) -> str:
        """The handle of a company in the form of the request's version."""
        return f"c|{number}" if self.dated else number
