"""Trading partner profiles, cross references and the customer's configuration."""

from ml_connector.partners.configuration import Configuration, load, parse, version_of
from ml_connector.partners.folder import read_folder
from ml_connector.partners.profile import Partner

__all__ = ["Configuration", "Partner", "load", "parse", "read_folder", "version_of"]
