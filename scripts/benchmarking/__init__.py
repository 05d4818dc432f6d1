"""How fast recipes train: watch a run, tell its steps apart, report. Run by scripts/benchmark_training.py."""
