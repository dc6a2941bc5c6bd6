from . import digest, imports, register

__all__ = ["digest", "imports", "register"]
