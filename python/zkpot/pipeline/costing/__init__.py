"""What a run costs before it is begun: seconds, memory and bytes of its links.

What a link's prover does is counted by the extension (`work` of the backend). `quantities.py` says
which of these counts each phase takes its time for, `prices.json` what one of each costs on the
machine that `benches/calibrate.py` measured, `link.py` puts them together and `breakdown.py` says
which layers they are for.
"""
