"""Who may sign in: users, their sessions, and what was tried. The gateway is the only writer of these collections."""
