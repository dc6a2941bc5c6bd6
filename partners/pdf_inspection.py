"""What a PDF does, told by its objects, of which many are packed: no search of its bytes sees those.

They are opened in a process of its own, whose memory and time the system bounds: a few kilobytes unpack to
gigabytes, and a library that is given a malicious file may fail in any way.

An address that is opened when somebody clicks on it stays: Word writes every link of a letter so, and it does
no more than a link on a page. Refused are addresses of anything but the web and mail, such as `file:`, and
those that are opened without a click.
"""

import enum
import re
import resource
import subprocess  # nosec B404 # runs this module alone
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

MEMORY = 2**29  # bytes of address space; a contract of 300 pages takes a fifth of it
SECONDS = 10  # of a processor; the same contract takes less than one
PATIENCE = 30  # seconds on the clock, on a server with much to do

# Actions and annotations that run, send, fetch or play something; ISO 32000-2, 12.6.4 and 12.5.6.
ACTIVE = frozenset(
    (
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"),
        *("/Rendition", "/RichMedia", "/RichMediaExecute", "/Movie", "/Sound", "/Thread"),
    )
)
# Entries that only scripts, forms of another kind and media have.
ACTIVE_KEYS = frozenset(("/JavaScript", "/JS", "/XFA", "/RichMediaContent"))
# Entries with what happens without a click: as the document is opened, or at another event.
TRIGGERS = ("/OpenAction", "/AA")
# What may happen by itself: another place in the same document.
OF_ITSELF = frozenset(("/GoTo", "/Named"))
SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
SCHEMES = frozenset(("http", "https", "mailto"))
MOST_STEPS = 100  # of actions that follow one another


class Finding(enum.IntEnum):
    """What was found, as the exit code of the process; a process that ends otherwise found nothing out."""

    PASSIVE = 0
    ACTIVE = 10
    PASSWORD = 11
    UNCHECKED = 12


def inspect(chunks: Iterator[bytes]) -> Finding:
    """What the PDF in `chunks` does, as far as it can be found out within MEMORY and SECONDS."""
    with TemporaryFile() as copy:
        copy.writelines(chunks)
        copy.seek(0)
        command = [sys.executable, "-I", str(Path(__file__))]
        try:
            ended = subprocess.run(  # noqa: S603 # nosec B603
                command, stdin=copy, capture_output=True, timeout=PATIENCE, check=False, env={}
            )
        except subprocess.TimeoutExpired:
            return Finding.UNCHECKED
    return Finding(ended.returncode) if ended.returncode in list(Finding) else Finding.UNCHECKED


def main() -> Finding:
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, SECONDS)
    import pikepdf  # within the limits
    from pikepdf.settings import set_qpdf_limits

    set_qpdf_limits(flate_max_memory=MEMORY // 2)
    try:
        with pikepdf.open(sys.stdin.buffer) as pdf:
            return Finding.ACTIVE if any(map(is_active, dictionaries(pdf))) else Finding.PASSIVE
    except pikepdf.PasswordError:
        return Finding.PASSWORD
    except Exception:  # the library raises of every kind; whatever it was, the objects were not seen
        return Finding.UNCHECKED


def limit(kind: int, most: int) -> None:
    """Bound this process; where the system does not let it, the limits of the library and PATIENCE remain."""
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (most, most))


def dictionaries(pdf: Any) -> Iterator[Any]:
    """Every dictionary of `pdf`: those of its objects, and those written within them."""
    import pikepdf

    for owner in (pdf.trailer, *pdf.objects):
        waiting = [owner]
        while waiting:
            value = waiting.pop()
            if isinstance(value, pikepdf.Array):
                items = list(value)
            elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                yield value
                items = [item for _name, item in value.items()]
            else:
                continue
            # What stands in a place of its own is an object itself.
            waiting += [item for item in items if not getattr(item, "is_indirect", False)]


def is_active(dictionary: Any) -> bool:
    """Whether it runs, sends, fetches or plays something, or opens what it must not."""
    if ACTIVE_KEYS & set(dictionary.keys()):
        return True
    kind = name(dictionary.get("/S"))
    if kind in ACTIVE or name(dictionary.get("/Subtype")) in ACTIVE:
        return True
    if kind == "/URI" and not is_address(dictionary.get("/URI")):
        return True
    if not is_address(dictionary.get("/Base", "")):
        return True
    opening, events = map(dictionary.get, TRIGGERS)
    return not all(map(may_happen_of_itself, (opening, *entries(events))))


def name(value: Any) -> str:
    import pikepdf

    return str(value) if isinstance(value, pikepdf.Name) else ""


def entries(value: Any) -> list[Any]:
    import pikepdf

    return [item for _name, item in value.items()] if isinstance(value, pikepdf.Dictionary) else []


def is_address(value: Any) -> bool:
    """Whether a browser may open `value`: an address of the web or of mail, or one within the site."""
    import pikepdf

    if not isinstance(value, pikepdf.String | str):
        return False
    # Browsers pass over line ends and the like within a scheme.
    scheme = SCHEME.match(re.sub(r"[\0-\x20]", "", str(value)))
    return not scheme or scheme[1].lower() in SCHEMES


def may_happen_of_itself(action: Any) -> bool:
    """Whether `action`, and those that follow it, lead only to other places in the document."""
    import pikepdf

    waiting, steps = [action], 0
    while waiting and steps < MOST_STEPS:
        action, steps = waiting.pop(), steps + 1
        if not isinstance(action, pikepdf.Dictionary):  # nothing, or a place in the document
            continue
        if name(action.get("/S")) not in OF_ITSELF:
            return False
        following = action.get("/Next")
        waiting += list(following) if isinstance(following, pikepdf.Array) else [following]
    return not waiting


if __name__ == "__main__":
    sys.exit(main())
