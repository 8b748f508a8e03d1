"""XML from anyone: the one hardened parser, places in the source, SOAP envelopes, texts, moments.

Nothing of IPS is known here. Public: ``parser.parse`` and ``parser.Unreadable``.
"""
