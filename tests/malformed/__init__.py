"""Makes the spreadsheets in tests/files: broken, tricky and hostile ones, and some that are no spreadsheets.

``python -m tests.malformed`` writes them all anew, always with the same bytes: nothing depends on the clock,
on chance or on the version of a compression library. What the product makes of each is in
tests/test_malformed_files.py.
"""

from .ods import documents
from .programs import program_documents, program_json, program_workbooks
from .strangers import strangers
from .text import json_files, text_files
from .workbooks import hostile_workbooks, workbooks_of_odd_shape, workbooks_of_odd_values


def built():
    """Every file by its name."""
    groups = (
        text_files(),
        json_files(),
        hostile_workbooks(),
        workbooks_of_odd_shape(),
        workbooks_of_odd_values(),
        documents(),
        program_workbooks(),
        program_documents(),
        program_json(),
        strangers(),
    )
    files = {}
    for group in groups:
        for name, content in group.items():
            if name in files:
                raise ValueError(name)
            files[name] = content
    return files
