"""How a run is proven: what was asked for, how it begins and goes on, link by link.

`run.py`, one folder up, puts these in order.
"""
