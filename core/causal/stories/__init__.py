"""Worked problems: a model, a question and sliders in one text file."""
