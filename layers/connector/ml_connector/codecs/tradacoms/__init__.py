"""TRADACOMS files, in and out, one module per file."""
