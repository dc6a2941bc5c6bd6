from . import accounts, digest, documents, imports, merging, register

__all__ = ["accounts", "digest", "documents", "imports", "merging", "register"]
