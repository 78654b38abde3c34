"""Every word of the public page and of the feed, French first and English beside it."""
