"""The command ``ips-contract``: a module for each of its commands."""

from __future__ import annotations

from ips_contract.cli.command_line import main

__all__ = ["main"]
