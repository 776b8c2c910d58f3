"""The parts of the Compare page: picking a clip, setting it, and the evidence under the player."""
