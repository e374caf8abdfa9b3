"""Cases that every binding answers alike."""
