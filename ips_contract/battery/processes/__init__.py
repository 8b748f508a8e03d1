"""A client's process in bounds of time, output and memory, and the end of all that it started."""
