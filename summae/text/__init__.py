"""Strings in, strings or ids out: normalisation, script, sentences, words, tokens and lengths; no torch."""
