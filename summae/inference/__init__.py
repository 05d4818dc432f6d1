"""Using a trained generator: text in, summaries out, with neither torch nor transformers."""
