"""Engines that run the generator; each is imported only when a model is opened with it."""
