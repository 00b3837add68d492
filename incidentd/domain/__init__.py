"""Pure types, rules and transitions, one concept a module. No I/O; the clock is passed in."""
