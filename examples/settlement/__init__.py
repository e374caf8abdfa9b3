"""Getting paid, on a chain, from the order to the weights, and what goes wrong on the way."""
