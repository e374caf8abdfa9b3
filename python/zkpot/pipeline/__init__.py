"""Where the rooms come together: what the command line and the Python API offer.

Each file is one undertaking; import what you need from it, so that verifying does not load
what compiling needs. Nothing here prints; long work reports to a `Progress`.
"""
