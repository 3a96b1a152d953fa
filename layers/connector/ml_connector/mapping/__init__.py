"""Routing rules: documents to Visma entities and back."""
