"""The outline of the world is drawn from TopoJSON: coasts as rings, borders where two countries meet."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from partners.management.commands import outline

SQUARE = 36  # degrees; two of them, side by side, from 18° to 90° east, north of the equator


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """What the command draws of a topology, written beside the outline that is shipped."""
    monkeypatch.setattr(outline, "OUTLINE", tmp_path / "outline.svg")

    def draw(topology):
        (tmp_path / "countries.json").write_text(json.dumps(topology))
        call_command("outline", str(tmp_path / "countries.json"))
        svg = (tmp_path / "outline.svg").read_text()
        return {name: re.search(f'id="{name}"[^>]* d="([^"]*)"', svg)[1] for name in ("land", "borders")}

    return draw


def two_countries(west="Westland", east="Eastland"):
    """Arc 0 is their border, southwards; 1 and 2 are what is left of the western and of the eastern coast."""
    arcs = [
        [[1, 1], [0, -1]],
        [[1, 0], [-1, 0], [0, 1], [1, 0]],
        [[1, 1], [1, 0], [0, -1], [-1, 0]],
    ]
    return {
        "transform": {"scale": [SQUARE, SQUARE], "translate": [18, 0]},
        "arcs": arcs,
        "objects": {
            "land": {"geometries": [{"arcs": [[[1, 2]]]}]},
            "countries": {
                "geometries": [
                    {"type": "Polygon", "properties": {"name": west}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "properties": {"name": east}, "arcs": [[[2, -1]]]},
                ]
            },
        },
    }


# A degree of longitude is 1000 / 360 units wide, 36° north lie 107.3 units above the equator; steps are tenths.
def test_coast_is_a_closed_ring_and_a_border_a_line_between_two_countries(drawn):
    assert drawn(two_countries()) == {
        "land": "m6500 5000-1000 0 0-1073 1000 0 1000 0 0 1073z",
        "borders": "m6500 3927 0 1073",
    }


def test_no_border_is_drawn_within_what_is_one_state_to_latvia(drawn):
    assert drawn(two_countries("Cyprus", "N. Cyprus"))["borders"] == ""


def test_file_that_is_no_topojson_is_wrong_use_and_leaves_the_outline(tmp_path, monkeypatch):
    monkeypatch.setattr(outline, "OUTLINE", tmp_path / "outline.svg")
    (tmp_path / "countries.json").write_text("no JSON")
    with pytest.raises(CommandError) as refusal:
        call_command("outline", str(tmp_path / "countries.json"))
    assert refusal.value.returncode == 2
    assert not (tmp_path / "outline.svg").exists()
