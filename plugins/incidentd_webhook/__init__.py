"""incidentd plugin."""
