"""What is no spreadsheet, or is one of another kind."""

from .archives import zipped
from .ods import SPREADSHEET, document, line
from .text import KEY
from .xlsx import CONTENT_TYPES, noted


def strangers():
    ole2 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    page = "<html><body><table><tr><td>slug</td></tr><tr><td>tukums-2012</td></tr></table></body></html>"
    xml_2003 = (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
    )
    flat = document(line(KEY, "2012", "a")).replace("document-content", "document")
    flat = flat.replace("<office:document ", f'<office:document office:mimetype="{SPREADSHEET}" ')
    word = [("[Content_Types].xml", CONTENT_TYPES), ("word/document.xml", "<document/>")]
    writer = SPREADSHEET.replace("spreadsheet", "text")
    picture = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
    return {
        "letter.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
        "picture.png": picture,
        "photograph.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
        "letter.rtf": b"{\\rtf1\\ansi slug}",
        "page.xls": page.encode(),
        "excel-2003.xml": xml_2003.encode(),
        "excel-97.xls": ole2 + "Workbook".encode("utf-16-le"),
        "encrypted.xlsx": ole2 + "EncryptedPackage".encode("utf-16-le"),
        "binary.xlsb": zipped(("[Content_Types].xml", CONTENT_TYPES), ("xl/workbook.bin", b"\x83\x01\0")),
        "macros.xlsm": noted("a", more=[("xl/vbaProject.bin", ole2)]),
        "letter.docx": zipped(*word),
        "letter.odt": zipped(("mimetype", writer), ("content.xml", document())),
        "photographs.zip": zipped(("1.png", picture)),
        "empty.zip": zipped(),
        "flat.fods": flat.encode(),
        "table.gz": bytes.fromhex("1f8b0800000000000003") + b"\x03\0" + bytes(8),
    }
