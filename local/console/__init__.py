"""The web page on one machine: HTTP requests become the events that API Gateway would make of them."""
