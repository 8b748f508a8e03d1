"""The client battery: hostile but legal answers that a client must accept, illegal ones to refuse.

``run``, ``check`` and ``cases`` are for Python clients, in the same process; the command
``ips-contract fuzz`` is for clients in any language.
"""

from __future__ import annotations

from ips_contract.battery.runner import Result, Results, Scenario, Task, cases, check, run

__all__ = ["Result", "Results", "Scenario", "Task", "cases", "check", "run"]
