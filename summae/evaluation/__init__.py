"""How good summaries are, beside which baselines, at what length, and how sure that is; needs no torch."""
