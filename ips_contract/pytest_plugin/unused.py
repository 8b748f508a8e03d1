"""The warning of an answer that a test scripted and no request used."""

from __future__ import annotations


class UnusedScript(UserWarning):
    """A test scripted an answer that no request used, so the test did not test what it says.

    pytest's own filters choose what comes of it: ``error::ips_contract.pytest_plugin.UnusedScript``
    fails the test, ``ignore::…`` says nothing.
    """
