"""Routing rules: documents to Visma entities and back."""

from ml_connector.mapping.document import map_document
from ml_connector.mapping.lookups import Lookups
from ml_connector.mapping.result import Decision, Disposition, MappingResult, Source

__all__ = ["Decision", "Disposition", "Lookups", "MappingResult", "Source", "map_document"]
