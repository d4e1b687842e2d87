"""Keeps what was sent, numbers revisions, and tells everybody what became of them."""
