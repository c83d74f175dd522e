"""Growth and stability: tips, waves on a front, and what makes them grow."""
