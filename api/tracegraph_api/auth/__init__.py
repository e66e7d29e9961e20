"""Who shows which token: API keys of our own, and tokens of an identity provider."""
