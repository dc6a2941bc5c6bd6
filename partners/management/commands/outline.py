import json
from collections import defaultdict
from itertools import chain, groupby, pairwise
from math import asinh, inf, pi, radians, tan
from pathlib import Path

from django.core.management import BaseCommand, CommandError

OUTLINE = Path(__file__).parents[2] / "static" / "partners" / "outline.svg"

WIDTH = 1000  # of the world; the numbers below are in the same units
TOP, BOTTOM = 112, 699  # 80° north and 58° south: next to nobody lives beyond
EUROPE = 419.4, 206.7, 666.7, 420.5  # Azores, North Cape, Urals, Canary Islands: where most partners are

# Apart in Natural Earth; to Latvia, parts of other states.
PARTS = {"Hong Kong": "China", "Macao": "China", "N. Cyprus": "Cyprus", "Somaliland": "Somalia"}


class Command(BaseCommand):
    help = "Draws the outline of the world for the maps, from countries-50m.json of world-atlas (npm)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="TopoJSON with the objects “countries” and “land”")

    def handle(self, *, file, **options):
        try:
            topology = json.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}", returncode=2) from error
        arcs = [simplified(arc) for arc in projected(topology)]
        land, borders = path(coasts(topology, arcs), end="z"), path(inner_borders(topology, arcs))
        # A page that uses the paths can colour them, but the effect is not inherited and has to stand here.
        tenths = 'vector-effect="non-scaling-stroke" transform="scale(.1)"'
        OUTLINE.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {BOTTOM}">'
            f'<path id="land" {tenths} d="{land}"/><path id="borders" {tenths} d="{borders}"/></svg>\n'
        )


def projected(topology):
    """The arcs as points of the web Mercator projection."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = turns = 0
        points = []
        for step_x, step_y in arc:
            # An arc that crosses 180° jumps to the other edge of the map; here it goes on beyond the edge.
            turns -= round(step_x * scale_x / 360) if points else 0
            x, y = x + step_x, y + step_y
            east, north = x * scale_x + left + 180 + turns * 360, y * scale_y + bottom
            points.append((east / 360 * WIDTH, WIDTH / 2 - WIDTH / (2 * pi) * asinh(tan(radians(north)))))
        yield points


def tolerance(x, y):
    """The area of the smallest detail worth its bytes, at this place."""
    left, top, right, bottom = EUROPE
    if y < top:
        return 8  # the projection blows up the Arctic
    return 0.09 if left < x < right and y < bottom else 1.1


def area(ring):
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise([*ring, ring[0]]))) / 2


def simplified(arc):
    """
    Visvalingam's method: the point whose triangle with its neighbours is the smallest goes, time and again.

    The ends stay, so that the arcs of neighbouring countries still meet; of an island, at least a triangle.
    """
    points, shortest = list(arc), 4 if arc[0] == arc[-1] else 2

    def size(i):
        return area(points[i - 1 : i + 2]) / tolerance(*points[i])

    sizes = [inf, *map(size, range(1, len(points) - 1)), inf]
    while len(points) > shortest and (smallest := min(sizes)) < 1:
        i = sizes.index(smallest)
        del points[i], sizes[i]
        for neighbour in (i - 1, i):
            if sizes[neighbour] < inf:
                sizes[neighbour] = max(smallest, size(neighbour))
    return points


def coasts(topology, arcs):
    """Rings of land and, the other way round, of the Caspian Sea."""
    (land,) = topology["objects"]["land"]["geometries"]
    for numbers in chain.from_iterable(land["arcs"]):
        parts = (arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers)
        ring = [point for part in parts for point in part[:-1]]
        if area(ring) > tolerance(*ring[0]):
            # What goes beyond one edge of the map comes in at the other.
            for turn in (-WIDTH, 0, WIDTH):
                yield clipped([(x + turn, y) for x, y in ring])


def clipped(ring):
    for axis, edge, sign in ((0, 0, 1), (0, WIDTH, -1), (1, TOP, 1), (1, BOTTOM, -1)):
        inside = []
        for a, b in pairwise([*ring, *ring[:1]]):
            from_a, from_b = (sign * (point[axis] - edge) for point in (a, b))
            if from_a >= 0:
                inside.append(a)
            if from_a * from_b < 0:
                share = from_a / (from_a - from_b)
                inside.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
        ring = inside
    return ring


def inner_borders(topology, arcs):
    """The arcs that two countries share."""
    countries = defaultdict(set)
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        rings = country["arcs"] if country["type"] == "Polygon" else chain.from_iterable(country["arcs"])
        for number in chain.from_iterable(rings):
            countries[max(number, ~number)].add(PARTS.get(name, name))
    for number, names in countries.items():
        xs, ys = zip(*arcs[number], strict=True)
        # Natural Earth gives Crimea to Russia. Latvia does not recognise that: no line across Perekop,
        # the only one between the two that lies south of 46.4° north.
        is_perekop = names == {"Russia", "Ukraine"} and min(ys) > 354
        # The shortest cross spits and islands that are not drawn, or surround San Marino.
        is_long = max(max(xs) - min(xs), max(ys) - min(ys)) > 0.4
        if len(names) == 2 and is_long and not is_perekop:
            yield arcs[number]


def path(lines, end=""):
    """Relative steps in tenths, without the spaces that SVG does not need."""
    text, here = "", (0, 0)
    for line in lines:
        points = [point for point, _copies in groupby((round(x * 10), round(y * 10)) for x, y in line)]
        if len(points) > (2 if end else 1):
            steps = chain.from_iterable((x - u, y - v) for (u, v), (x, y) in pairwise([here, *points]))
            text += f"m{' '.join(map(str, steps))}{end}".replace(" -", "-")
            here = points[0] if end else points[-1]
    return text
