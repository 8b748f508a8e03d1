"""The fault codes of the service, by kind. Source: the reference's page on faults (D)."""

from __future__ import annotations

from typing import NamedTuple


class FaultCode(NamedTuple):
    """A code that the service puts into a fault's detail.

    ``kind`` is the detail element's name; ``name`` the reference's words for the code.
    """

    code: int
    kind: str
    name: str


AUTHENTICATION = "authenticationFault"
AUTHORIZATION = "authorizationFault"
IPS_API = "ipsApiFault"
KINDS = (AUTHENTICATION, AUTHORIZATION, IPS_API)
# What goes beside messages; it has the unversioned namespace in every version (D).
COMPANIONS = frozenset({"authHeader", *KINDS})

# HTTP status of an answer with a fault, unless authHeader's faultHttpStatusCode says otherwise (D).
DEFAULT_HTTP_STATUS = 500

FAULT_CODES: dict[int, FaultCode] = {
    row.code: row
    for row in (
        FaultCode(10000, AUTHENTICATION, "no credentials"),
        FaultCode(10001, AUTHENTICATION, "invalid credentials"),
        FaultCode(10002, AUTHENTICATION, "invalid user"),
        FaultCode(20000, AUTHORIZATION, "invalid company"),
        FaultCode(20001, AUTHORIZATION, "invalid request username"),
        FaultCode(20002, AUTHORIZATION, "invalid request user"),
        FaultCode(20003, AUTHORIZATION, "no operation permission"),
        FaultCode(20004, AUTHORIZATION, "no impersonation permission"),
        FaultCode(20005, AUTHORIZATION, "illegal parameter value"),
        FaultCode(20006, AUTHORIZATION, "illegal company"),
        FaultCode(20007, AUTHORIZATION, "illegal request user"),
        FaultCode(20008, AUTHORIZATION, "illegal access group"),
        FaultCode(20009, AUTHORIZATION, "missing permission"),
        FaultCode(30000, IPS_API, "exception"),
        FaultCode(30001, IPS_API, "invalid parameter"),
        FaultCode(30002, IPS_API, "missing parameter"),
        FaultCode(30003, IPS_API, "invalid request XML"),
    )
}
NO_CREDENTIALS = 10000
EXCEPTION = 30000
INVALID_PARAMETER = 30001
MISSING_PARAMETER = 30002
INVALID_CREDENTIALS = 10001
INVALID_REQUEST_XML = 30003
