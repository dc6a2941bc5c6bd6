from . import digest, imports, merging, register

__all__ = ["digest", "imports", "merging", "register"]
