"""The way out: webhooks and e-mail. The only part that opens connections to addresses that users name."""
