"""Ways to prove a program. Each backend is one module with the same functions."""
