"""The commands `summarize` and `summae`; nothing here is imported by the library."""
