"""No rule of `make audit` is without a bad example that it has to find; there, semgrep holds it to that."""

import re
from pathlib import Path

AUDIT = Path(__file__).with_name("audit")


def test_every_rule_has_a_bad_example_and_every_example_a_rule():
    rules = re.findall(r"^  - id: (\S+)$", (AUDIT / "rules.yml").read_text(), re.MULTILINE)
    examples = [(AUDIT / f"rules.{kind}").read_text() for kind in ("py", "js", "html")]
    shown = {
        rule
        for example in examples
        for named in re.findall(r"ruleid: ([a-z, -]*[a-z])", example)
        for rule in named.split(", ")
    }
    assert shown == set(rules)


def test_no_line_of_the_product_is_excepted_from_all_rules_at_once():
    root = AUDIT.parents[1]
    marks = {
        match[0]
        for folder in ("partners", "twinning", "templates")
        for path in root.joinpath(folder).rglob("*")
        if path.suffix in (".py", ".html", ".js", ".txt", ".svg", ".css")
        for match in re.finditer(r"nosem(grep)?\b.*|nosec\b.*", path.read_text())
    }
    assert [mark for mark in marks if not re.match(r"nosemgrep: [a-z]|nosec B\d", mark)] == []
