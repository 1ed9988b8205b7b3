"""Commands: what a person types, in functions that parse nothing and print."""
