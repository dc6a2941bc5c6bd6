"""What the register knows, for programs: read-only JSON under ``/api/v1/``.

Small views of its own: a framework would bring a second list of the columns, and errors that are not those
of the site.
"""
