"""The file `environment` beside manage.py: the settings of a server, for services, cron and commands by hand.

It may say only what systemd, a shell and this program read in the same way, so that it means one thing
wherever it is read: NAME=value, a line each. A value in single quotes is taken as it is.
"""

import re
from pathlib import Path

LINE = re.compile(
    r"""(?P<name>[A-Za-z_][A-Za-z0-9_]*)=
    (?: '(?P<single>[^']*)' | "(?P<double>[^"$`\\]*)" | (?P<bare>[\w./:@%+,=?!^-][\w./:@%+,=?!^\#-]*)? )""",
    re.VERBOSE | re.ASCII,
)


def read_environment(path: Path) -> dict[str, str]:
    """The settings in the file at `path`, by name.

    Raises OSError where it cannot be read, and ValueError, a sentence for the administrator, where others may
    read it or a line could be read in two ways.
    """
    if path.stat().st_mode & 0o007:
        raise ValueError(f"other accounts may read {path}, which holds secrets; run chmod o= {path}.")
    settings = {}
    for number, line in enumerate(path.read_bytes().decode().split("\n"), 1):
        line = line.strip(" \t")
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if not match:
            raise ValueError(
                f"line {number} of {path} can be misread; write it as NAME='value', "
                "the value without a single quote or the end of a line in it."
            )
        settings[match["name"]] = match["single"] or match["double"] or match["bare"] or ""
    return settings
