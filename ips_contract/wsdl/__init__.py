"""WSDLs of others: read as values, and compared with ours.

Public: ``read_wsdl``, ``compare`` and what they give. ``docs/wsdl.md`` shows them.
"""

from __future__ import annotations

from ips_contract.wsdl.comparison import compare, nearest
from ips_contract.wsdl.differences import Difference
from ips_contract.wsdl.documents import UnreadableWsdl
from ips_contract.wsdl.reader import read_wsdl

__all__ = ["Difference", "UnreadableWsdl", "compare", "nearest", "read_wsdl"]
