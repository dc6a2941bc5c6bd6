"""How faults are told: lines for people or for programs, and mails. None says what somebody entered."""

import json
import logging
import traceback
from datetime import UTC, datetime
from threading import Lock
from time import monotonic

from django.core.mail import mail_admins
from django.db import InternalError, OperationalError

from .watch import request_id

MAILED_AGAIN_AFTER = 60 * 60  # seconds, of the same fault in one process
MOST_FAULTS = 100


class RequestId(logging.Filter):
    """Which request a line is about; the answer has it as X-Request-ID."""

    def filter(self, record):
        record.request_id = request_id.get()
        return True


class JsonLines(logging.Formatter):
    """A line of JSON for each record."""

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": record.request_id,
            "status": getattr(record, "status_code", None),
            "exception": fault(record),
        }
        return json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False)


class FaultMail(logging.Handler):
    """Mails a fault to ADMINS, once an hour, however often it comes."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.mailed = {}
        self.mailing = Lock()

    def emit(self, record):
        told = fault(record) or record.getMessage()
        if self.is_news(told):
            mail_admins(record.getMessage().partition("\n")[0], self.format(record), fail_silently=True)

    def is_news(self, told):
        now = monotonic()
        with self.mailing:
            recent = {key: at for key, at in self.mailed.items() if now - at < MAILED_AGAIN_AFTER}
            self.mailed = recent
            if told in recent or len(recent) >= MOST_FAULTS:
                return False
            recent[told] = now
            return True


class WithoutValues(logging.Formatter):
    """Of an exception its kind and its place: its text may quote what somebody entered."""

    def formatException(self, exc_info):  # noqa: N802 its name in logging
        return told_of(exc_info)


def fault(record):
    return told_of(record.exc_info) if record.exc_info and record.exc_info[0] else None


def told_of(exc_info):
    kind, error, place = exc_info
    # Of the machine, such as a full disk or a read-only database: these say what to do, and quote nobody.
    text = f": {error}" if isinstance(error, OSError | OperationalError | InternalError) else ""
    frames = "".join(
        f"{frame.filename}:{frame.lineno} {frame.name}\n" for frame in traceback.extract_tb(place)
    )
    return f"{frames}{kind.__name__}{text}".strip()
