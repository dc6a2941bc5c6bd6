"""What a server installs comes under licences that `make licences` allows; the product itself is MIT."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from django.conf import settings


def licence_of(name: str) -> str:
    """The licence that the installed package `name` declares: as an SPDX expression, or by its classifiers."""
    declared = metadata(name)
    classifiers = [text for text in declared.get_all("Classifier", []) if text.startswith("License ::")]
    return declared.get("License-Expression") or "; ".join(classifiers) or declared.get("License") or ""


def test_every_package_of_a_server_has_a_licence_that_is_allowed() -> None:
    root = Path(settings.BASE_DIR)
    allowed = re.search(r'--allow-only "([^"]+)"', (root / "Makefile").read_text())[1].split(";")
    names = re.findall(r"^([\w.-]+)==", (root / "requirements.txt").read_text(), re.MULTILINE)
    found = {}
    for name in names:
        try:
            found[name] = licence_of(name)
        except PackageNotFoundError:
            continue  # one for another platform or an older Python
    assert len(found) > 25
    assert {name: text for name, text in found.items() if not any(part in text for part in allowed)} == {}
