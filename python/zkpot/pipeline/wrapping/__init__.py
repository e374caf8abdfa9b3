"""From a wrapped run to a proof that a contract checks."""
