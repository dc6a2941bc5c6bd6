from . import accounts, digest, imports, merging, register

__all__ = ["accounts", "digest", "imports", "merging", "register"]
