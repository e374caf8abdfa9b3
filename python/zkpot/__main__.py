"""`python -m zkpot`."""

from zkpot.cli import main

main()
