"""Methods put together from data, models and objectives, one to a file, and the stages in order."""
