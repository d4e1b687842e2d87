"""Notices: what is due to whom, once; the inbox, the mail, and what came of it."""
