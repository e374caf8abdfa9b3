"""EZKL 23.0.5: call signatures, safe settings, and what a step has to look like for it.

Heavy calls run in processes of their own (`process.py`): EZKL's background threads crash an
interpreter that shuts down in order, its panics end a process, and its memory goes back with it.
Only `calls.py` imports EZKL.
"""
