from django.middleware.gzip import GZipMiddleware

from .models import Document


class CompressionMiddleware(GZipMiddleware):
    """Leaves documents alone: packed again they are no smaller, and nobody sees how much is still to come."""

    def process_response(self, request, response):
        if response.get("Content-Type") in Document.MediaType.values:
            return response
        return super().process_response(request, response)
