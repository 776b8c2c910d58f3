"""The parts of the Scoreboard page."""
