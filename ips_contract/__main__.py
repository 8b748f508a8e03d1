"""``python -m ips_contract`` is the command ``ips-contract``."""

from ips_contract.cli import main

raise SystemExit(main())
