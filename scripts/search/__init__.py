"""One factor at a time from a default, at equal cost: what is trained, what it costs, what came out."""
