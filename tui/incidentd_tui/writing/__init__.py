"""What is written in a review: one module a topic, each of which makes the box to write it in."""
