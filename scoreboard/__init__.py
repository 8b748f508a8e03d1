"""The scoreboard: what the battery says of SOAP stacks, measured by ``python -m scoreboard``.

``stacks.toml`` is the table of stacks. ``docs/reference/scoreboard.json`` has the results, and
``docs/reference/scoreboard.html`` is made from it. docs/reference/battery.md explains both.
"""
