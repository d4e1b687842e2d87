"""The portal's front-end assets: pinned packages of npm, fetched once, checked, unpacked as single files."""
