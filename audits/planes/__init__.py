"""The two planes that are read: the Terraform source, and the live account. Planes read and never judge."""
