"""What programs look for where it is agreed on: robots.txt, security.txt (RFC 9116), the sitemap."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from .sitemaps import sections

SECURITY_DAYS = 180  # how long a copy of security.txt holds; less than a year, as the RFC asks


@require_safe
def robots(request):
    lines = ["User-agent: *"]
    for language, _name in settings.LANGUAGES:
        with override(language):
            lines.append(f"Disallow: {reverse('admin:index')}")
            # Each part of the map leads to further ones, without end.
            lines.append(f"Disallow: {reverse('partners:map')}?")
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap_index'))}"]
    return plain(lines)


@require_safe
def security(request):
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = datetime.combine(timezone.now() + timedelta(days=SECURITY_DAYS), time(), UTC)
    return plain(
        [
            f"Contact: {settings.SECURITY_CONTACT}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(language for language, _name in settings.LANGUAGES)}",
            f"Canonical: {request.build_absolute_uri(request.path)}",
        ]
    )


def plain(lines):
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request):
    return sitemap_views.index(request, sections(), sitemap_url_name="sitemap")


@require_safe
def sitemap(request, section):
    return sitemap_views.sitemap(request, sections(), section)
