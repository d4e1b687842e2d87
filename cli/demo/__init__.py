"""The demonstration: sixteen participants, their cycles and synthetic returns, sent over HTTP like anybody's."""
