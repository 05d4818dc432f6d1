"""The loop, its checkpoints and its log; knows modules, losses and time, nothing of summaries."""
