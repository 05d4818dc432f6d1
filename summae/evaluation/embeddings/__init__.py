"""How good vectors of sentences and documents are, beside which baselines, and how sure that is; needs no torch."""
