"""Names that a machine made up: nobody is named in them, whatever their digits look like."""

import re

_GENERATED = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{32,}", re.IGNORECASE)


def is_generated(name: str) -> bool:
    """Whether the name is a UUID or a hash: the screen would now and then take its digits for a telephone number."""
    return _GENERATED.fullmatch(name) is not None
