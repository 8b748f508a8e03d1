"""WSDLs of others: read as values, compared with ours, and taken as versions.

Public: ``read_wsdl``, ``compare``, ``version_of`` and what they give;
``docs/reference/wsdl.md`` shows them.
"""

from __future__ import annotations

from ips_contract.wsdl.comparison import compare, nearest
from ips_contract.wsdl.differences import Difference
from ips_contract.wsdl.documents import UnreadableWsdl
from ips_contract.wsdl.reader import read_wsdl
from ips_contract.wsdl.version import version_of

__all__ = ["Difference", "UnreadableWsdl", "compare", "nearest", "read_wsdl", "version_of"]
