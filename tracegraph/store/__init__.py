"""Where claims are kept: the port, and the two stores behind it."""
