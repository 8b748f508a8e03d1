"""The service's interface: versions, operations, types, faults, rules, handles, values, WSDLs.

It reads ``xsd/``, the one annotated table. Public: ``VERSIONS``, ``Version``, ``find_version``,
``RULES``, ``Rule``, ``FAULT_CODES``, and ``wsdl.wsdl``.
"""
