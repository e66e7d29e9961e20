"""The only home of NetworkX: pure functions over a cone."""
