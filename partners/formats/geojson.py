"""Places on a map, for maps and geographic information systems: RFC 7946."""

import json

from .writing import TextFormat


class GeoJSON(TextFormat):
    """A collection of features, one a line; a row without a position is one without a geometry."""

    title = "GeoJSON"
    extension = "geojson"
    content_type = "application/geo+json"

    def pieces(self, sheet):
        yield b'{"type": "FeatureCollection", "features": ['
        before = ""
        for row in sheet.rows:
            cells = dict(zip(sheet.headings, row, strict=True))
            yield f"{before}\n{json.dumps(feature(cells), ensure_ascii=False)}".encode()
            before = ","
        yield b"\n]}\n"


def feature(cells):
    position = cells.pop("longitude"), cells.pop("latitude")
    point = {"type": "Point", "coordinates": list(map(float, position))} if all(position) else None
    return {
        "type": "Feature",
        "id": cells["slug"],
        "geometry": point,
        "properties": {name: cell or None for name, cell in cells.items()},
    }
