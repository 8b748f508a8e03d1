"""Clients of the service, careful and careless, for the tests of the battery."""
