"""The operations that the mock plays: the fields of a request → the fields of its answer."""
