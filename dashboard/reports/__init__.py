"""Reports: results as one page to keep or send, in HTML and Markdown."""
