"""Files that come with the package: read in an installed package, in a zip, and in a clone."""

from __future__ import annotations

import os


def read(name: str) -> bytes:
    """The bytes of a file of the package, such as ``xsd/ips.xsd``.

    A wheel has ``xsd/`` inside the package, and a clone has it beside.

    Raises:
        OSError: there is no such file.
    """
    package = os.path.dirname(__file__)
    for folder in (package, os.path.dirname(package)):
        try:
            with open(os.path.join(folder, name), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            continue
    # Only in a zip: its import, or that of ``importlib.resources``, takes longer than to read all.
    import pkgutil

    data = pkgutil.get_data("ips_contract", name)
    if data is None:
        raise FileNotFoundError(name)
    return data
