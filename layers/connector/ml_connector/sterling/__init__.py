"""The Sterling B2B Integrator client: mailboxes read and written over the B2B REST APIs."""

from ml_connector.sterling.client import SterlingClient
from ml_connector.sterling.messages import MailboxMessage
from ml_connector.sterling.settings import SterlingCredentials, SterlingSettings

__all__ = ["MailboxMessage", "SterlingClient", "SterlingCredentials", "SterlingSettings"]
