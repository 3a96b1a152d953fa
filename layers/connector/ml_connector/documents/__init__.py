"""The canonical business documents, neutral to every EDI standard."""
