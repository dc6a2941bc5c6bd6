"""What the most hostile 100 kB of text cost: every regular expression of the site, and what reads or shows texts."""

import ast
import re
import signal
import time
from collections import deque
from contextlib import suppress
from importlib import import_module
from itertools import islice, permutations
from pathlib import Path
from urllib.parse import quote

from .running import ROOT, report

SIZE = 100_000
MOST = 0.1  # seconds
GIVEN_UP = 5
RUNS = 5
AT_ONCE = ("match", "search", "fullmatch", "sub", "split", "findall", "finditer")
# How much of a text these are given at most: of a file, of the format of a number, of what is searched for.
GIVEN = {
    "PDF_TABLE": 64,
    "PDF_END": 1024,
    "partners/formats/xlsx/number_formats.py": 255,
    "xlsx": 255,
    "search": 100,
    "searching": 100,
    "prose": 10_000,
}
WORDS = (
    "a",
    "ab ",
    "š",
    "1",
    "1.",
    "2003-",
    " ",
    "\n",
    "\t",
    "- ",
    "  - ",
    "## ",
    "* ",
    "1. ",
    "[",
    "](",
    "<",
)
MARKS = (
    "*_",
    "http://a ",
    "https://",
    "http://a.b/(",
    "www.",
    "a@",
    "@",
    "a@b.c ",
    "/" * 3,
    "'",
    '"',
    '",',
    ";",
)
OTHERS = (
    "|",
    ",",
    "\\",
    "%",
    "&",
    "&#",
    "=",
    "Ä€",
    "-a",
    "a-",
    "x | ",
    "\u0301",
    "\u200b",
    "⋯",
    "漢",
    "ß",
    "İ",
    "{[",
)
ENDS = ("", "!")


def texts(parts, ends):
    """Hostile texts: a few letters again and again, and an end that fits nothing."""
    from partners.text import MOST_WORDS

    for part in dict.fromkeys((*WORDS, *MARKS, *OTHERS, *parts)):
        for end in ends:
            yield f"{part!r} … {end!r}", (part * SIZE)[: SIZE - len(end)] + end
    yield "lists in lists", "".join("  " * depth + "- a\n" for depth in range(440))
    yield "all letters", "".join(map(chr, range(0x20, 0xD800)))[:SIZE]
    yield "the most words of a search", " ".join(map(str, range(MOST_WORDS)))
    yield "many words", " ".join(f"vards{number}" for number in range(SIZE))[:SIZE]
    yield "many lines", "\n".join(f"vārds{number}" for number in range(SIZE))[:SIZE]


def patterns():
    """Each regular expression: where it stands, what is done with it; those of Python, and of the database."""
    from django.apps import apps
    from django.db.models import Q

    files = [*Path(ROOT).glob("partners/**/*.py"), *Path(ROOT).glob("twinning/*.py")]
    sources = {path: path.read_text() for path in sorted(files) if "migrations" not in path.parts}
    everything = "\n".join(sources.values())
    for path, source in sources.items():
        module = import_module(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        )
        for name, pattern in vars(module).items():
            if isinstance(pattern, re.Pattern) and re.search(rf"^{name} = ", source, re.MULTILINE):
                for method in sorted(set(re.findall(rf"\b{name}\.(\w+)\(", everything))):
                    yield f"{path.relative_to(ROOT)}: {name}.{method}", getattr(pattern, method)
        for node in ast.walk(ast.parse(source)):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            at_once = is_call and getattr(node.func.value, "id", "") == "re" and node.func.attr in AT_ONCE
            if at_once and isinstance(node.args[0], ast.Constant):
                pattern = re.compile(node.args[0].value)
                yield f"{path.relative_to(ROOT)}:{node.lineno}", getattr(pattern, node.func.attr)
    for model in apps.get_app_config("partners").get_models():
        for constraint in model._meta.constraints:
            asked = [getattr(constraint, "condition", None)]
            while asked:
                child = asked.pop()
                if isinstance(child, Q):
                    asked += child.children
                elif isinstance(child, tuple) and str(child[0]).endswith("regex"):
                    yield f"{constraint.name}: {child[0]}", re.compile(child[1]).search


def alphabet(pattern):
    """Pieces of text that the pattern speaks of, alone and in pairs."""
    source = pattern.pattern
    source = source if isinstance(source, str) else source.decode("latin-1")
    letters = dict.fromkeys(re.sub(r"\\[A-Za-z]", "", source))
    letters = [letter for letter in letters if letter not in "\\^$?"]
    return [*letters[:10], *map("".join, permutations(letters[:4], 2))]


def of_pattern(name, method):
    """What is done with the pattern, as a function of a text."""
    before = (b"",) if isinstance(method.__self__.pattern, bytes) else ("",)
    path, _colon, called = name.partition(":")
    longest = GIVEN.get(called.strip().partition(".")[0]) or GIVEN.get(path)

    def apply(text):
        text = (text.encode() if before == (b"",) else text)[:longest]
        found = method(*before, text) if method.__name__ == "sub" else method(text)
        if method.__name__ == "finditer":
            deque(found, 0)

    return apply


def functions():
    """Each function that meets texts from outside, by its name."""
    import io

    from django.contrib.auth.models import User
    from django.core.exceptions import ValidationError
    from django.core.files.base import ContentFile
    from django.test import Client

    from partners import ics, models, search, text
    from partners.contents import examine
    from partners.formats import UnreadableError, encodings, plain, read
    from partners.formats.ods import reading as ods
    from partners.formats.xlsx import number_formats as xlsx
    from partners.models.city import countries_named
    from partners.partial_dates import PartialDate
    from partners.resources import resource_for
    from partners.resources.directory import Directory
    from partners.templatetags.register import prose

    client, colleague = Client(), Client()
    colleague.force_login(User.objects.create_superuser("bench"))
    refused = (ValidationError, UnreadableError, ValueError)

    def tried(name, function):
        def attempt(text):
            with suppress(*refused):
                function(text[: GIVEN.get(name.partition(":")[0])])

        return attempt

    found = {
        "searching: partners": lambda words: client.get("/lv/partneri/", {"q": words}),
        "searching: agreements": lambda words: client.get("/lv/ligumi/", {"q": words}),
        "searching: in the API": lambda words: client.get("/api/v1/partners", {"q": words}),
        "searching: partners in the admin": lambda words: colleague.get(
            "/lv/admin/partners/city/", {"q": words}
        ),
        "searching: agreements in the admin": lambda words: colleague.get(
            "/lv/admin/partners/agreement/", {"q": words}
        ),
        "searching: what an agreement supplements": lambda words: colleague.get(
            "/lv/admin/autocomplete/",
            {"app_label": "partners", "model_name": "agreement", "field_name": "supplements", "term": words},
        ),
        "address: query": lambda words: client.get("/lv/partneri/", QUERY_STRING=f"q={quote(words)}"[:SIZE]),
        "address: query as it is": lambda words: client.get("/lv/partneri/", QUERY_STRING=words),
        "address: query of the admin": lambda words: colleague.get(
            "/lv/admin/partners/city/", QUERY_STRING=f"q={quote(words)}"[:SIZE]
        ),
        "address: path": lambda words: client.generic("GET", f"/lv/{quote(words)}"[:SIZE]),
        "search: respelled": search.respelled,
        "search: countries_named": lambda words: countries_named(text.fold(words)),
        "fold": text.fold,
        "stem": text.stem,
        "sort_key": lambda words: text.sort_key(words, "lv"),
        "tidy": text.tidy,
        "tidy_lines": text.tidy_lines,
        "is_garbled": text.is_garbled,
        "PartialDate.parse": PartialDate.parse,
        "prose": prose,
        "examine": lambda words: examine(ContentFile(words.encode())),
        "examine PDF": lambda words: examine(ContentFile(b"%PDF-1.7\n" + words.encode())),
        # Rows that are not blank take their time, and there is a limit on their number.
        "read spreadsheet": lambda words: deque(
            islice(read(io.BytesIO(f"slug\n{words}".encode())).rows, 1000), 0
        ),
        "is_another_encoding": encodings.is_another_encoding,
        "is_broken_utf8": lambda words: encodings.is_broken_utf8(words.encode() + b"\xff"),
        "best_separator": plain.best_separator,
        "xlsx: shown_parts": xlsx.shown_parts,
        "xlsx: decimals": xlsx.decimals,
        "xlsx: has_form_of_its_own": xlsx.has_form_of_its_own,
        "ods is_shown": lambda words: ods.is_shown("1", words),
        "calendar": ics.text,
    }
    directory = Directory()
    for model in (models.City, models.Agreement, models.CooperationField):
        for field in resource_for(model).columns:
            name = f"cell {model._meta.model_name}.{field.column_name}"
            found[name] = lambda words, widget=field.widget: widget.clean(words, {}, directory=directory)
    for model in (models.City, models.Agreement, models.CooperationField, models.Page, models.Document):
        for field in model._meta.fields:
            if field.editable and not field.is_relation and (form := field.formfield()):
                found[f"form {model._meta.model_name}.{field.name}"] = form.clean
                found[f"model {model._meta.model_name}.{field.name}"] = (
                    lambda words, field=field, model=model: field.clean(words, model())
                )
    return {name: tried(name, function) for name, function in found.items()}


def bench_limits(_rows):
    """The worst that each takes, and on what."""
    kinds = [
        (f"{name}()", of_pattern(name, method), alphabet(method.__self__), ENDS)
        for name, method in patterns()
    ]
    kinds += [(name, function, (), ("",)) for name, function in functions().items()]
    signal.signal(signal.SIGPROF, give_up)  # on a busy machine, too, only what this process itself takes
    over = 0
    for name, function, parts, ends in kinds:
        worst, on = max((cost(function, text), kind) for kind, text in texts(parts, ends))
        over += worst > MOST
        report(f"{name}: {worst * 1000:.0f} ms on {on}{', too slow' if worst > MOST else ''}")
    report(f"{len(kinds)} looked at, {over} take more than {MOST * 1000:.0f} ms")


def cost(function, text):
    """The seconds of this processor that `function` takes for `text`: the least of some runs, if one took long."""
    took = run(function, text)
    return took if took < MOST / 2 else min(took, *(run(function, text) for _run in range(RUNS - 1)))


def run(function, text):
    """The seconds of this processor that `function` takes once; it is given up after some."""
    signal.setitimer(signal.ITIMER_PROF, GIVEN_UP)
    begun = time.process_time()
    with suppress(TimeoutError):
        function(text)
    took = time.process_time() - begun
    signal.setitimer(signal.ITIMER_PROF, 0)
    return took


def give_up(*_signal):
    raise TimeoutError
