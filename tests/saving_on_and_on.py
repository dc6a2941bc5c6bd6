"""An officer who saves a partner with its agreement, again and again, until the process is ended."""

import os
import sys
from itertools import count
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "twinning.settings"
django.setup()

from django.db import transaction  # noqa: E402 after the setup

from tests.factories import make_agreement, make_city  # noqa: E402

for number in count():
    with transaction.atomic():
        make_agreement(make_city(f"city-{number}"), slug=f"agreement-{number}")
    print(number, flush=True)  # noqa: T201 saved, and acknowledged
