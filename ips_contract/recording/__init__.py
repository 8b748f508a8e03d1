"""What the real service says, for later: a proxy in front of it, and what becomes of its logs."""
