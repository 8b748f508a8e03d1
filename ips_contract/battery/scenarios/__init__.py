"""The cases of the battery: those to accept, those to refuse, and drawn ones."""
