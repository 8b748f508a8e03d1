"""What the mock knows: jobs, whose states are computed from what happened to them, and accounts."""
