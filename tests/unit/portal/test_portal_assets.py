"""The assets: pinned and hashed, without another's typeface or crest, nothing of them in the repository."""

import subprocess
from pathlib import Path

import pytest

from deploy.local.assets.fetch import MANIFEST, STATIC, bring, bring_or_tell, present, read_manifest
from deploy.local.assets.styles import without_foreign_fonts
from deploy.local.waiting import StackError

CSS = (
    b"@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
    b"a{font-family:GDS Transport,arial,sans-serif;color:red}"
    b"b:before{-webkit-mask-image:url(/assets/images/govuk-crest.svg);mask-image:url(/assets/images/govuk-crest.svg)}"
)


def test_every_file_is_pinned_by_its_hash_and_every_package_by_its_version() -> None:
    for package in read_manifest(MANIFEST).packages:
        assert package.version[0].isdigit()
        for file in package.files:
            assert len(file.sha256) == 64, f"{package.name} {file.path}"


def test_the_style_sheet_asks_for_no_font_and_no_crest() -> None:
    css = without_foreign_fonts(CSS).decode()
    assert "GDS" not in css
    assert "url(" not in css
    assert "color:red" in css


def test_a_style_sheet_of_another_shape_is_not_let_through() -> None:
    with pytest.raises(ValueError, match="its shape has changed"):
        without_foreign_fonts(b'a{font-family:"GDS Transport"}')


def test_a_file_that_is_not_what_the_manifest_says_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With packages that hold other files than the hashes name."""
    import tarfile

    manifest = read_manifest(MANIFEST)
    packed = {}
    for package in manifest.packages:
        archive = tmp_path / f"{package.name}.tgz"
        with tarfile.open(archive, "w:gz") as made:
            for file in package.files:
                (tmp_path / "content").write_text("something else")
                made.add(tmp_path / "content", f"package/{file.path}")
        packed[package.name] = archive
    monkeypatch.setattr("deploy.local.assets.fetch.pack", lambda _manifest, _folder: packed)
    with pytest.raises(StackError, match="is not what the manifest says"):
        bring(manifest, tmp_path / "vendor")
    assert not present(manifest, tmp_path / "vendor")


def test_a_machine_that_cannot_bring_them_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_manifest: object, _to: object) -> int:
        raise StackError("npm could not")

    said: list[str] = []
    monkeypatch.setattr("deploy.local.assets.fetch.bring", away)
    bring_or_tell(said.append)
    assert "make assets" in said[0]


def test_nothing_of_them_is_in_the_repository(repository: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", str(STATIC.relative_to(repository))],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert tracked.stdout == ""
