"""The examples in other languages, run with what this machine has of them."""
