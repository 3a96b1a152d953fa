"""Visma's documents and masters as typed models: only what the connector uses, under Visma's own names.

Python names are Visma's in snake case; both spellings are accepted, Visma's own is written.
"""
