"""Validation: a document, or an answer with its request → a Report.

Public: ``validate``, ``validate_exchange``, ``Report``, ``Violation``, ``InvalidMessage``, all of
which ``ips_contract`` gives, too. ``report/`` writes reports, ``traffic/`` reads captures.
"""
