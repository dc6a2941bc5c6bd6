from . import imports, register

__all__ = ["imports", "register"]
