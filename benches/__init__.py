"""What zkpot costs: ``python -m benches`` measures it and writes docs/benchmarks.md."""
