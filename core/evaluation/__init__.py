"""Measuring: forecasts, read-outs, surprise, cost. Arrays in, frozen results out."""
