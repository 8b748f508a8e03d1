"""The service inside the caller's process, without a port: one adapter for each kind of client.

Each turns what its library has for a request into a ``Request``, and the ``Response`` back; all
may be called from several threads. The libraries are loaded when an adapter is made.
"""
