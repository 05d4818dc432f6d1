"""Recipes side by side: plan, train, measure, report. Run by scripts/compare_recipes.py."""
