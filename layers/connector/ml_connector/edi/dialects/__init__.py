"""What each standard's envelope looks like: how it opens, which segments frame it, what they say."""
