"""What a person sees: pure functions from an answer to things that rich prints, one file a command."""
