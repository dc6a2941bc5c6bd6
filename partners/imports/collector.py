"""Python's garbage collector, kept from searching in vain."""

import gc
from contextlib import contextmanager


@contextmanager
def paused():
    """Let the collector of cycles rest.

    A long spreadsheet becomes hundreds of thousands of objects that all stay and hold no cycles; looking
    through them again and again takes a fifth of the time of an import. Reference counts go on freeing.
    """
    was_enabled = gc.isenabled()
    gc.collect()  # what the last one left may be large
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
