"""Trading partner profiles, cross references and the customer's configuration."""
