"""What every page shares: captions, figures and colours, tasks with progress, uploads, links and URL state."""
