"""Syntax: reading, validating, acknowledging and writing X12, EDIFACT and TRADACOMS."""
