"""The files of a storage, on this machine or another one."""

import posixpath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.utils import validate_file_name

CHUNK = 2**20


def names_in(storage, folder=""):
    """The names of all files in `storage`, in order."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield posixpath.join(folder, name)
    for name in sorted(folders):
        yield from names_in(storage, posixpath.join(folder, name))


def content(storage, name):
    with storage.open(name) as file:
        yield from file.chunks(CHUNK)


def is_safe(name):
    """Whether a file called `name` stays within the storage."""
    try:
        validate_file_name(name, allow_relative_path=True)
    except SuspiciousFileOperation:
        return False
    return "\\" not in name and "\0" not in name
