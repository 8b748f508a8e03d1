"""``python -m ips_contract`` is the command ``ips-contract``."""

from __future__ import annotations

from ips_contract.cli.command_line import main

raise SystemExit(main())
