"""Where the parts come together: clients and stores built from the environment, handed to the steps."""
