"""Siblings of the summarizer: encoders whose vectors stand for a sentence, and how they are learned."""
