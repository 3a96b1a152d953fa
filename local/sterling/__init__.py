"""A simulated Sterling B2B Integrator: a real HTTP server that answers as the B2B REST APIs do."""

from local.sterling.api import SterlingApi
from local.sterling.server import InProcessTransport, SterlingServer
from local.sterling.state import State
from local.sterling.switches import Switches

__all__ = ["InProcessTransport", "State", "SterlingApi", "SterlingServer", "Switches"]
