"""Rows in, batches out: reading, cleaning, mining pseudo-pairs, packing and mixing; knows text, not models."""
