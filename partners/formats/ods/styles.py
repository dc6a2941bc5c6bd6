"""What the styles of a document say: which parts of a date a cell shows, and which sheets are hidden."""

from ..archive import Collector, too_complex

MOST_STYLES = 50_000
ALL_PARTS = frozenset({"year", "month", "day", "hours"})


class Styles(Collector):
    """Gathers in `styles`, by name, what style each one builds on, or the parts of a date that it shows."""

    def __init__(self, styles: dict) -> None:
        super().__init__()
        self.styles = styles
        self.style: str | None = None
        self.date_style: str | None = None
        self.parts: set[str] = set()

    def start_style(self, attributes: dict[str, str]) -> None:
        if len(self.styles) >= MOST_STYLES:
            raise too_complex()
        self.style = attributes.get("name")
        self.styles[self.style] = attributes.get("data-style-name") or attributes.get("parent-style-name")

    def start_table_properties(self, attributes: dict[str, str]) -> None:
        if attributes.get("display") == "false":
            self.styles[self.style] = "hidden"

    def start_date_style(self, attributes: dict[str, str]) -> None:
        if len(self.styles) >= MOST_STYLES:
            raise too_complex()
        self.date_style = attributes["name"]
        self.parts = set()

    def end_date_style(self) -> None:
        self.styles[self.date_style] = frozenset(self.parts)
        self.date_style = None

    def _shows(self, part: str) -> None:
        if self.date_style:
            self.parts.add(part)

    def start_year(self, attributes: dict[str, str]) -> None:
        # Of another calendar it is not the year that is stored.
        self._shows("year" if attributes.get("calendar", "gregorian") == "gregorian" else "years")

    def start_month(self, attributes: dict[str, str]) -> None:
        self._shows("month")

    def start_day(self, attributes: dict[str, str]) -> None:
        self._shows("day")

    def start_quarter(self, attributes: dict[str, str]) -> None:
        self._shows("quarter")

    def start_hours(self, attributes: dict[str, str]) -> None:
        self._shows("hours")

    def is_hidden(self, style: str | None) -> bool:
        """Whether a sheet of this style is hidden."""
        return self.styles.get(style) == "hidden"

    def shown_parts(self, style: str | None) -> frozenset[str]:
        """Which parts of a date a cell of `style` shows; all of them if no style says so."""
        for _step in range(20):
            style = self.styles.get(style)
            if isinstance(style, frozenset):
                return style
        return ALL_PARTS
