"""incidentd."""
