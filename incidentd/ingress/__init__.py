"""The TCP listener: webhook routes of sources, signed acknowledge links, health and metrics. All of it is untrusted."""
