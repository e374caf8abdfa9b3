"""What contracts take and say: encoded values, events, refusals in a sentence, states."""
