"""A run of an hour, killed twice: `python -m benches.long_run`."""
