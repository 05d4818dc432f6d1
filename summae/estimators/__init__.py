"""How a gradient crosses discrete words: by the log-probability of what was drawn, or by words made soft."""
