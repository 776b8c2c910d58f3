"""Parts of the Embeddings page."""
