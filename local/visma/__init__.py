"""A simulator of Visma.net ERP: a real HTTP server, strict where Visma is strict, faults on request."""
