"""Files that come with the package: read in an installed package, in a zip, and in a clone."""

from __future__ import annotations

import os
import pkgutil


def read(name: str) -> bytes:
    """The bytes of a file of the package, such as ``xsd/ips.xsd``.

    A wheel has ``xsd/`` inside the package, and a clone has it beside. (``importlib.resources``
    would do as well; its import is a fifth of the way to a first verdict.)

    Raises:
        OSError: there is no such file.
    """
    try:
        data = pkgutil.get_data("ips_contract", name)
    except OSError:
        data = None
    if data is not None:
        return data
    with open(os.path.join(os.path.dirname(os.path.dirname(__file__)), name), "rb") as file:
        return file.read()
