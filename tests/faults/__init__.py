"""Every endpoint that the product reads, under every fault that a service or a network can have."""
