"""The control interface: what tests do with a service, by HTTP and JSON, for any language.

Nothing here does input or output, or knows of sockets: a ``Request`` comes in, a ``Response`` goes
out. What can be asked is a table of routes; dispatch and the OpenAPI document are both made of it.
"""
