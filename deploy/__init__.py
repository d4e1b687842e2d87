"""How the system is put somewhere: the embedded stack (`local`), images, monitoring."""
