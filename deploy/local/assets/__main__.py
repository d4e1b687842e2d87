"""`python -m deploy.local.assets [--new-hashes]`: bring the portal's assets, or write their hashes down anew."""

from __future__ import annotations

import sys

from deploy.local.assets.fetch import MANIFEST, STATIC, bring, read_manifest, write_hashes
from deploy.local.waiting import StackError


def main() -> int:
    """Exit code 0 when every file of the manifest is there with the content that it names."""
    try:
        if "--new-hashes" in sys.argv[1:]:
            write_hashes(MANIFEST)
        brought = bring(read_manifest(MANIFEST), STATIC)
    except StackError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    if brought:
        print(f"the portal's assets: {brought} files", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
