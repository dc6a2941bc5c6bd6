from pathlib import Path

from . import built

for name, content in built().items():
    Path(__file__).parent.with_name("files").joinpath(name).write_bytes(content)
