"""The Visma.net ERP client."""
