"""How the cells of a workbook look: ECMA-376, SpreadsheetML, styles."""

from enum import IntEnum
from xml.sax.saxutils import quoteattr  # nosec B406 # parses nothing

from .package import DECLARATION, MAIN

FONT = '<sz val="10"/><name val="Arial"/><family val="2"/>'
AS_TYPED = 49  # the number format @
ISO, SHORT = 164, 165  # the first numbers that a workbook may give its own formats


class Style(IntEnum):
    """The styles by their place in the list."""

    DEFAULT = 0
    TEXT = 1
    HEADING = 2
    UPRIGHT = 3
    ISO_DAY = 4
    DAY = 5
    NUMBER = 6
    TOTAL = 7
    TOTAL_NUMBER = 8
    REMARK = 9
    BLANK = 10


def cell(number_format=0, font=0, fill=0, border=1, alignment='vertical="top"'):
    return (
        f'<xf numFmtId="{number_format}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f"<alignment {alignment}/></xf>"
    )


# The indent keeps the text from that of the column before.
WRAPPED = 'horizontal="left" vertical="top" wrapText="1" indent="1"'
INDENTED = 'horizontal="right" vertical="top" indent="1"'
TURNED = 'horizontal="center" vertical="bottom" textRotation="90"'
CELLS = {
    Style.DEFAULT: '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    Style.TEXT: cell(AS_TYPED, alignment=WRAPPED),
    Style.HEADING: cell(AS_TYPED, font=1, fill=2, border=2, alignment=WRAPPED.replace("top", "bottom")),
    Style.UPRIGHT: cell(AS_TYPED, font=1, fill=2, border=2, alignment=TURNED),
    Style.ISO_DAY: cell(ISO, alignment='horizontal="left" vertical="top" indent="1"'),
    Style.DAY: cell(SHORT, alignment='horizontal="left" vertical="top" indent="1"'),
    Style.NUMBER: cell(alignment=INDENTED),
    Style.TOTAL: cell(AS_TYPED, font=1, border=2, alignment=WRAPPED),
    Style.TOTAL_NUMBER: cell(font=1, border=2, alignment=INDENTED),
    Style.REMARK: cell(AS_TYPED, font=2, border=0, alignment='horizontal="left" vertical="top" indent="1"'),
    Style.BLANK: cell(AS_TYPED, border=0, alignment=WRAPPED),
}


def line(side, weight, colour):
    return f'<{side} style="{weight}"><color rgb="{colour}"/></{side}>'


def border(**lines):
    sides = ("left", "right", "top", "bottom")
    return f"<border>{''.join(lines.get(side, f'<{side}/>') for side in sides)}<diagonal/></border>"


def styles(day_format):
    """The styles of a workbook whose days look as `day_format` says."""
    return (
        f"{DECLARATION}<styleSheet {MAIN}>"
        f'<numFmts count="2"><numFmt numFmtId="{ISO}" formatCode="yyyy\\-mm\\-dd"/>'
        f'<numFmt numFmtId="{SHORT}" formatCode={quoteattr(day_format)}/></numFmts>'
        f'<fonts count="3"><font>{FONT}</font><font><b/>{FONT}</font><font><i/>{FONT}</font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFECECEC"/><bgColor indexed="64"/>'
        "</patternFill></fill></fills>"
        f'<borders count="3">{border()}{border(bottom=line("bottom", "hair", "FF999999"))}'
        f"{border(top=line('top', 'thin', 'FF666666'), bottom=line('bottom', 'thin', 'FF666666'))}</borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(Style)}">{"".join(CELLS[style] for style in Style)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
