"""The file of a backup: a zip archive that names all its parts, sealed with the checksum of the whole."""

import fcntl
import hashlib
import json
import os
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
SEAL = b"sha256:"  # the comment at the end of the archive: the checksum of all that stands before it
SEAL_LENGTH = len(SEAL) + hashlib.sha256().digest_size * 2
CHUNK = 2**20


class BackupError(Exception):
    """Why a backup cannot be made or restored: a sentence for the administrator."""


@contextmanager
def written(target):
    """An Archive to fill; `target` is there once it is whole, and is what it was if it does not become so."""
    draft = target.with_name(f".{target.name}.part")
    # Readable by its owner only: it holds drafts, notes and the hashes of passwords.
    with open(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup to {target} is being made.") from None
        try:
            file.truncate()
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                archive.comment = bytes(SEAL_LENGTH)
                yield Archive(archive)
            file.seek(-SEAL_LENGTH, os.SEEK_END)
            length = file.tell()
            checksum = checksum_of(file, length)
            file.seek(length)
            file.write(SEAL + checksum.encode())
            file.flush()
            os.fsync(file.fileno())
            draft.replace(target)
            keep_name(target.parent)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def keep_name(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checksum_of(file, length):
    """The SHA-256 of the first `length` bytes."""
    file.seek(0)
    digest = hashlib.sha256()
    while length and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()


class Archive:
    def __init__(self, archive):
        self.archive = archive

    def add(self, name, chunks, compress_type=zipfile.ZIP_DEFLATED):
        """Write the part `name`; what the manifest is to say of it."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name)
        info.compress_type = compress_type
        with self.archive.open(info, "w", force_zip64=True) as part:
            for chunk in chunks:
                part.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return {"part": name, "bytes": size, "sha256": digest.hexdigest()}

    def add_manifest(self, manifest):
        text = json.dumps({"format": FORMAT, **manifest}, ensure_ascii=False, indent=1)
        self.archive.writestr(MANIFEST, text.encode())


@contextmanager
def opened(source):
    """The zip archive `source` and its manifest, once every byte of it has been read and found whole."""
    try:
        file = source.open("rb")
    except OSError as error:
        raise BackupError(f"{source}: {error.strerror}.") from error
    with file:
        examine_seal(source, file)
        with understood(source), zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            examine_parts(source, archive, manifest)
        with zipfile.ZipFile(file) as archive:
            yield archive, manifest


@contextmanager
def understood(source):
    """Whatever a stranger's archive leads to is said of the archive."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise BackupError(f"{source} is not a backup that this program can read ({error!r}).") from error


def examine_seal(source, file):
    size = file.seek(0, os.SEEK_END)
    length = size - SEAL_LENGTH
    file.seek(max(length, 0))
    seal = file.read()
    if length <= 0 or not seal.startswith(SEAL):
        raise BackupError(f"{source} is not a backup, or its end is missing.")
    if seal != SEAL + checksum_of(file, length).encode():
        raise BackupError(f"{source} is damaged: it is not as it was written.")


def examine_parts(source, archive, manifest):
    if manifest["format"] > FORMAT:
        raise BackupError(f"{source} was made by a newer version of this program: restore it with that one.")
    parts = [*manifest["tables"], *manifest["documents"]]
    names = sorted([MANIFEST, *(part["part"] for part in parts)])
    held = sorted(archive.namelist())
    if names != held:
        odd = ", ".join(sorted(set(names) ^ set(held))) or "a part twice"
        raise BackupError(f"{source} does not hold what its manifest names: {odd}.")
    for part in parts:
        digest, size = hashlib.sha256(), 0
        for chunk in chunks(archive, part):
            digest.update(chunk)
            size += len(chunk)
        if (size, digest.hexdigest()) != (part["bytes"], part["sha256"]):
            raise BackupError(f"{source} is damaged: {part['part']} is not as it was written.")


def chunks(archive, part):
    with archive.open(part["part"]) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def file_for(target: Path, name: str) -> Path:
    """The file for a backup to `target`: itself if it ends in .zip, or `name` in that folder.

    The folder is made, so that the backup of a night cannot take the place of the one before it.
    """
    if target.suffix == ".zip" and not target.is_dir():
        return target
    try:
        target.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise BackupError(
            f"{target} is a file, not a folder. Name a folder, or a file that ends in .zip."
        ) from None
    except OSError as error:
        raise BackupError(
            f"The folder {target} cannot be made ({error.strerror}). Make it for the account of the "
            f"register: install --directory --mode=700 --owner=twinning --group=twinning {target}"
        ) from error
    return target / name
