"""What `scripts/fit_scorer.py` fits the weights with: pools of real documents, and what readers said of lines."""
