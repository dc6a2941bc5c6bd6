"""Where a request comes from. Anybody can send X-Forwarded-For: only what our own proxies add is believed."""

import ipaddress

from django.conf import settings


def client_address(request):
    """The address of the browser, or None where the server does not tell it."""
    claimed = [request.META.get("REMOTE_ADDR", "")]
    if proxies := settings.TRUSTED_PROXIES:
        # Each proxy adds whom it heard it from on the right; what stands further left, the browser wrote.
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        claimed = [*forwarded[-proxies:][:1], *claimed] if len(forwarded) >= proxies else claimed
    for text in claimed:
        try:
            address = ipaddress.ip_address(text.strip())
        except ValueError:
            continue
        # A server that listens for both kinds tells IPv4 as a part of one network of IPv6.
        return str(getattr(address, "ipv4_mapped", None) or address)
    return None


def throttled_address(request):
    """What is locked out: of IPv6 the network, since who has one address of it has all."""
    address = client_address(request)
    if address and ":" in address:
        return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False).network_address)
    return address
