"""Commands of the EZKL backend as functions: compile, set up, prove, verify, EVM contract."""
