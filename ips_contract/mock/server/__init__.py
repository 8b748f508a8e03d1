"""The mock on a port: one event loop in a thread, HTTP parsed by httptools."""
