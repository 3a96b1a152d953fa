"""ml-connector: Visma.net ERP joined to IBM Sterling B2B Integrator, serverless."""

__version__ = "0.1.0"
