from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable, Page


class PartnersPage(Page):
    pass


class PartnerPage(Page):
    country = models.CharField(max_length=100)


class Agreement(Orderable):
    partner = ParentalKey(PartnerPage, on_delete=models.CASCADE, related_name="agreements")
    signed_on = models.CharField(max_length=10)
    fields = models.TextField()
