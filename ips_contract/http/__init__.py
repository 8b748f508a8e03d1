"""HTTP without sockets: requests and answers as values, content codings, hiding of secrets.

Nothing of IPS is known here. Public: ``messages.Request`` and ``messages.Response``.
"""
