"""EDI messages to documents and back, one module per standard and message."""
