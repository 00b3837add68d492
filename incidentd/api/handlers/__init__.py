"""What each route does: it hands a checked request to one service call."""
