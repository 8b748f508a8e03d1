"""What the mock knows of jobs: what happened to them, from which their states are computed."""
