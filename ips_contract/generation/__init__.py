"""Messages from bytes or from a seed, without Hypothesis: valid ones, and mutations of them.

``ips_contract.strategies`` and the command ``generate`` stand on it. Public:
``python_values.from_bytes`` and ``to_bytes``.
"""
