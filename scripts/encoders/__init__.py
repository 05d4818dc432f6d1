"""Sentence encoders side by side: plan, train, export, and what their methods show. Run by scripts/compare_encoders.py."""
