"""A map of the partners, drawn on the server: what it shows, what crowds together, where it leads.

The outline is in static/partners/outline.svg, made by the command ``outline``: the world in the Mercator
projection, 1,000 units wide. Everything here is in these units.
"""

import re
from collections import defaultdict
from math import asinh, pi, radians, tan
from statistics import median_low
from typing import NamedTuple

WORLD = 1000
HEIGHT = 0.56  # of its width
NEAREST = 7  # how often one can come twice as near
NARROWEST = WORLD / 2**NEAREST
CROWDED = 0.036  # of the width of the map: nearer to each other, two markers are drawn as one
LETTER, LINE = 0.0105, 0.02  # of the same: the room that a letter takes
LOCATED = 60  # units round a single city
NUMBER = re.compile(r"[0-9]{1,4}([.][0-9]{1,2})?")
NORTH, SOUTH = 112.0, 690.0  # where the outline ends


class Spot(NamedTuple):
    """A marker at `x`, `y` for `cities`; `side` is where its name has room.

    That is ``right``, ``left``, ``above``, ``below``, or ``""`` if there is none. `has_status` tells that the
    status, which is written where the partnership has stopped, has room under the name.
    """

    x: float
    y: float
    cities: list
    side: str = ""
    has_status: bool = False

    @property
    def city(self):
        """The city, if the marker stands for one alone."""
        return self.cities[0] if len(self.cities) == 1 else None

    @property
    def is_stopped(self):
        """Whether the cooperation with all of these cities is suspended or has ended."""
        return all(is_stopped(city) for city in self.cities)

    @property
    def names(self):
        """The names of the cities, each with the status of the partnership, if that has stopped."""
        return [
            f"{city.name} ({city.partnership.label})" if is_stopped(city) else city.name
            for city in self.cities
        ]

    @property
    def query(self):
        """What the address of the map adds to show these cities alone."""
        return fitting(self.cities, NARROWEST).query


class Window(NamedTuple):
    """The part of the world that is shown: its left and upper edge and its width."""

    left: float
    top: float
    width: float

    @property
    def height(self):
        return self.width * HEIGHT

    @property
    def box(self):
        return f"{self.left:.2f} {self.top:.2f} {self.width:.2f} {self.height:.2f}"

    @property
    def query(self):
        x, y = self.centre
        return f"?x={x:.2f}&y={y:.2f}&width={self.width:.2f}"

    @property
    def centre(self):
        return self.left + self.width / 2, self.top + self.height / 2

    def holds(self, x, y):
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    def moved(self, across=0.0, down=0.0):
        """By these parts of its size, but not beyond the world."""
        return window(
            self.left + across * self.width + self.width / 2,
            self.top + down * self.height + self.height / 2,
            self.width,
        )

    def nearer(self, times, centre=None):
        """So many times nearer, at the `centre` or where the middle was."""
        x, y = centre or self.centre
        return window(x, y, self.width / times)


class Sizes(NamedTuple):
    """How large things are, in units: the radii of reach, dot and bubble, letters and lines."""

    reach: float
    dot: float
    bubble: float
    letters: float
    line: float

    @classmethod
    def on(cls, shown, times=1):
        shares = (CROWDED / 2, 0.007 * times, 0.014 * times, 0.0155 * times, 0.0025 * times)
        return cls(*(round(share * shown.width, 3) for share in shares))


class Map:
    """The published `cities` on the part of the world that the address asks for; at first, all of them."""

    def __init__(self, cities, asked=None):
        cities = cities.with_partnership_status().alphabetical()
        self.cities = list(cities.exclude(latitude=None))
        self.unplaced = cities.filter(latitude=None)
        self.all = fitting(self.cities)
        numbers = [(asked or {}).get(name, "") for name in ("x", "y", "width")]
        is_asked = all(NUMBER.fullmatch(number) for number in numbers)
        self.window = window(*map(float, numbers)) if is_asked else self.all
        self.spots = list(spots(self.cities, self.window))
        self.sizes = Sizes.on(self.window)

    @property
    def shown(self):
        """The number of partners in the window."""
        return sum(len(spot.cities) for spot in self.spots)

    @property
    def has_stopped(self):
        """Whether a marker in the window stands for cooperation that is suspended or has ended."""
        return any(spot.is_stopped for spot in self.spots)

    @property
    def nearer(self):
        """The window twice as near where most of the partners are; None where it could show none."""
        if self.window.width <= NARROWEST or not self.spots:
            return None
        places = [place(city) for spot in self.spots for city in spot.cities]
        return self.window.nearer(2, tuple(map(median_low, zip(*places, strict=True))))

    @property
    def farther(self):
        return self.window.nearer(0.5) if self.window.width < WORLD else None

    @property
    def ways(self):
        """The windows to the west, north, south and east; None where the world ends."""
        steps = {"west": (-0.4, 0), "north": (0, -0.4), "south": (0, 0.4), "east": (0.4, 0)}
        moved = {name: self.window.moved(*step) for name, step in steps.items()}
        return {name: shown if shown != self.window else None for name, shown in moved.items()}


class Locator:
    """Where `city` lies, in its part of the world."""

    def __init__(self, city):
        x, y = place(city)
        self.window = window(x, y, LOCATED)
        self.spots = [Spot(x, y, [city], "right", is_stopped(city))]
        self.sizes = Sizes.on(self.window, times=2)


def is_stopped(city):
    return city.partnership is not None and city.partnership.is_stopped


def place(city):
    """Where `city` lies, in units from the left and from the top."""
    x = (float(city.longitude) + 180) / 360 * WORLD
    y = WORLD / 2 - WORLD / (2 * pi) * asinh(tan(radians(max(-85, min(85, float(city.latitude))))))
    return round(x, 2), round(y, 2)


def window(x, y, width):
    """The window of `width` round `x`, `y`, moved so that it does not leave the world."""
    width = max(NARROWEST, min(WORLD, width))
    height = width * HEIGHT
    left = max(0, min(WORLD - width, x - width / 2))
    top = max(NORTH, min(SOUTH - height, y - height / 2))
    return Window(left, top, width)


def fitting(cities, narrowest=WORLD / 2**5):
    """The window that shows all `cities`; the whole world where there are none."""
    places = [place(city) for city in cities]
    if not places:
        return window(WORLD / 2, HEIGHT * WORLD / 2, WORLD)
    left, right = min(x for x, _y in places), max(x for x, _y in places)
    top, bottom = min(y for _x, y in places), max(y for _x, y in places)
    width = 1.16 * max(right - left, (bottom - top) / HEIGHT, narrowest)
    return window((left + right) / 2, (top + bottom) / 2, width)


def spots(cities, shown):
    """The markers of `cities` within the window `shown`; what would crowd together is one."""
    seen = [group for group in grouped(cities, CROWDED * shown.width) if shown.holds(group.x, group.y)]
    return named(seen, shown)


def grouped(cities, reach):
    """The `cities` in groups: each joins the first group that lies nearer than `reach`, or makes a new one.

    Such a group lies in the same square of a grid, `reach` wide, or in one beside it.
    """
    groups = []
    squares = defaultdict(list)  # the numbers of the groups in each
    for city in cities:
        x, y = place(city)
        column, row = int(x // reach), int(y // reach)
        near = (
            number
            for across in (column - 1, column, column + 1)
            for down in (row - 1, row, row + 1)
            for number in squares.get((across, down), ())
            if distance(groups[number], x, y) < reach
        )
        if (first := min(near, default=None)) is not None:
            groups[first].cities.append(city)
        else:
            squares[column, row].append(len(groups))
            groups.append(Spot(x, y, [city]))
    return groups


def distance(spot, x, y):
    return ((spot.x - x) ** 2 + (spot.y - y) ** 2) ** 0.5


def named(groups, shown):
    """The markers, those of one city with the side where its name has room, if there is any."""
    size = CROWDED * shown.width / 2.6
    taken = [(spot.x - size, spot.y - size, spot.x + size, spot.y + size) for spot in groups]
    for spot, own in zip(groups, list(taken), strict=True):
        for lines in lines_of(spot):
            rooms = rooms_beside(spot, size, lines, shown)
            free = [
                side
                for side, room in rooms.items()
                if shown.left < room[0]
                and shown.top < room[1]
                and room[2] < shown.left + shown.width
                and room[3] < shown.top + shown.height
                and not any(overlap(room, other) for other in taken if other is not own)
            ]
            if free:
                taken.append(rooms[free[0]])
                yield spot._replace(side=free[0], has_status=len(lines) > 1)
                break
        else:
            yield spot


def lines_of(spot):
    """What can be written beside the marker, the most first: nothing beside one of several cities."""
    if spot.city:
        if is_stopped(spot.city):
            yield [spot.city.name, spot.city.partnership.label]
        yield [spot.city.name]


def rooms_beside(spot, size, lines, shown):
    """The rectangles that `lines` of text would take on each side of a marker of that `size`."""
    length = LETTER * shown.width * max(map(len, lines))
    line = LINE * shown.width
    half = line * len(lines) / 2
    further = line * (len(lines) - 1)
    left, right = spot.x - length / 2, spot.x + length / 2
    return {
        "right": (spot.x + size, spot.y - half, spot.x + size + length, spot.y + half),
        "left": (spot.x - size - length, spot.y - half, spot.x - size, spot.y + half),
        "above": (left, spot.y - size - line / 2 - further, right, spot.y - size / 2),
        "below": (left, spot.y + size / 2, right, spot.y + size + line / 2 + further),
    }


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
