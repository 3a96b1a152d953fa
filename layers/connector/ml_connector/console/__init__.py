"""The web page for the clerk and the auditor: rendered on the server, usable without JavaScript."""
