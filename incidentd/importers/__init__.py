"""Reading the configuration of other tools and writing incidentd's own from it, with a report of what was lost."""
