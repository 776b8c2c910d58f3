"""What reads the state of a world off frames and latents."""
