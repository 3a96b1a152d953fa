"""The Sterling B2B Integrator client."""
