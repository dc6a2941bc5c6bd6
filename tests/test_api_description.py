"""The API does what its description says, whatever it is asked: schemathesis tries."""

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck

pytestmark = [pytest.mark.django_db, pytest.mark.api, pytest.mark.usefixtures("register")]

api = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
# Random letters make no key; these lead to records.
EXAMPLES = {
    "/partners": {"country": "PL", "field": "culture", "q": "kutlura"},
    "/agreements": {"country": "LT", "year_from": "2004", "year_to": "2022"},
    "/partners/{key}": {"key": "radom"},
    "/agreements/{key}": {"key": "magdeburg-2012"},
    "/fields/{key}": {"key": "culture"},
}
for path, examples in EXAMPLES.items():
    for parameter in api.raw_schema["paths"][path]["get"]["parameters"]:
        if parameter["name"] in examples:
            parameter["example"] = examples[parameter["name"]]

SETTINGS = hypothesis.settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _connection_of_the_test():
    """A server closes the connection after a request: here the transaction of the test would go with it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@api.parametrize()
@SETTINGS
def test_api_does_what_its_description_says(case):
    case.call_and_validate(headers={"Accept-Encoding": "identity"})
