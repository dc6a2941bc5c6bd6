from django.db import models
from django_countries.fields import CountryField


class CooperationField(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField()
    position = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "partners_cooperationfield"
        ordering = ("position",)

    def __str__(self):
        return self.name


class City(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField()
    country = CountryField()
    is_published = models.BooleanField()

    class Meta:
        managed = False
        db_table = "partners_city"
        ordering = ("name",)

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/partners/{self.slug}/"


class Agreement(models.Model):
    city = models.ForeignKey(City, models.CASCADE, related_name="agreements")
    slug = models.SlugField()
    scope = models.TextField()
    signed_on = models.CharField(max_length=10)
    status = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    fields = models.ManyToManyField(CooperationField, db_table="partners_agreement_fields")
    is_published = models.BooleanField()

    class Meta:
        managed = False
        db_table = "partners_agreement"
        ordering = ("signed_on",)

    def __str__(self):
        return self.slug
