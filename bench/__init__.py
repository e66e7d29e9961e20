"""Speed and memory, side by side with peers: see `README.md` here."""
