"""Mutations: for each rule, the ways to break it and no other. Public: ``table.MUTATIONS``."""
