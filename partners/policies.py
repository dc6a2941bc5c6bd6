"""What a browser may do with an answer of the site: the least that its pages need.

Nothing here depends on the page, and no page needs a script or a style that stands in it: everything comes
from a file of the site, so that what a text smuggles in neither runs nor is loaded.
"""

from django.conf import settings
from django.utils.cache import add_never_cache_headers

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
UNUSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
    *("encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer"),
    *("microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-create"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Programs of other sites read the open data all the same: what they fetch, CORS lets them.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    # Django sets these, too, but not on what is answered before it gets so far.
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PoliciesMiddleware:
    """First of all, so that no answer goes without; a view may have set a policy of its own.

    What the admin shows stays nowhere once it is closed.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.staff = tuple(f"/{code}/admin/" for code, _name in settings.LANGUAGES)

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(self.staff) and "no-store" not in response.get("Cache-Control", ""):
            add_never_cache_headers(response)
        return response
