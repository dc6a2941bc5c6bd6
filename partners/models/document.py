from collections import defaultdict
from contextlib import suppress
from pathlib import Path, PurePath
from urllib.parse import quote
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..contents import CONTAINER, EXTENSIONS, examine
from ..sanitizing import sanitized
from ..text import LineField, has_text, tidy
from .agreement import Agreement
from .record import ChangedAtField, TranslatedModel, TranslatedQuerySet

LONGEST_FILE_NAME = 200
SAFE_IN_PATH = "!$&'()*+,;=~:@"  # RFC 3986, and beside letters and digits not quoted by reverse() either
NO_PICTURES = ("application/pdf", CONTAINER)
FOLLOWS_FROM_FILE = {"file_name", "media_type", "size", "sha256", "width", "height"}


def name_in_storage(document, file_name):
    """A name that nobody can guess and no other file has: nothing is ever written over."""
    return f"{uuid4()}{EXTENSIONS[document.media_type][0]}"


class StorageAwayError(Exception):
    """The storage of the documents does not answer, cannot be read, or is full."""


def is_away(storage):
    """Whether the folder that documents were put into is gone: a new one would hide that they are."""
    is_gone = isinstance(storage, FileSystemStorage) and not Path(storage.location).is_dir()
    return is_gone and (Document.objects.exists() or Document.history.exists())


class DocumentQuerySet(TranslatedQuerySet):
    def published(self):
        """Those visitors may see: a document of an agreement that is not public is not public either."""
        return self.filter(is_published=True, agreement__in=Agreement.objects.published())

    def marked_as_published(self):
        """Those that are public if their agreement is."""
        return self.filter(is_published=True)

    def by_agreement(self, slugs):
        """Those of the agreements `slugs`, by the key of the agreement."""
        found = defaultdict(list)
        for document in self.filter(agreement__slug__in=slugs).annotate(agreement_slug=F("agreement__slug")):
            found[document.agreement_slug].append(document)
        return found

    def paths_by_agreement(self, slugs):
        """The addresses of those of the agreements `slugs`, without the host, by the key of the agreement."""
        found = defaultdict(list)
        of_agreements = self.filter(agreement__slug__in=slugs).rewrite(False)
        # As reverse() makes them, which takes most of the time where there are very many.
        any_uuid = UUID(int=0)
        folder = reverse("partners:document", args=[any_uuid, "-"]).removesuffix(f"{any_uuid}/-")
        for slug, uuid, name in of_agreements.values_list("agreement__slug", "uuid", "file_name"):
            found[slug].append(f"{folder}{uuid}/{quote(name, safe=SAFE_IN_PATH)}")
        return found


class Document(TranslatedModel):
    """A signed copy of an agreement, a picture of its signing, or the container it was e-signed in.

    Files are only ever added to the storage: one that was replaced or whose document was deleted stays
    there, named by the history, so that restoring the record brings it back.
    """

    class MediaType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"
        WEBP = "image/webp", "WebP"
        CONTAINER = CONTAINER, _("e-signed container")

    # Deleting an agreement would take its signed copies along unnoticed.
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), related_name="documents", on_delete=models.PROTECT
    )
    uuid = models.UUIDField(_("address"), default=uuid4, unique=True, editable=False)
    file = models.FileField(
        _("file"),
        upload_to=name_in_storage,
        help_text=_(
            "The signed copy as a PDF, or a picture as JPEG, PNG or WebP; its place and device are not kept. "
            "An e-signed container (.edoc, .asice) is for colleagues only."
        ),
    )
    title = LineField(
        _("title of the document"),
        max_length=200,
        blank=True,
        help_text=_("What visitors see of a published document instead of the name of the file."),
    )
    alternative = LineField(
        _("text alternative"),
        max_length=500,
        blank=True,
        help_text=_("Of a picture, in both languages: what it shows, for those who cannot see it."),
    )
    file_name = models.CharField(_("name of the file"), max_length=LONGEST_FILE_NAME, editable=False)
    media_type = models.CharField(_("type"), max_length=50, choices=MediaType, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"), null=True, editable=False)
    height = models.PositiveIntegerField(_("height in pixels"), null=True, editable=False)
    is_published = models.BooleanField(
        _("published"),
        default=False,
        help_text=_("Visitors to the site see only published documents of published agreements."),
    )
    changed_at = ChangedAtField(_("changed at"))

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        default_permissions = ("add", "change", "delete", "view", "publish")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="partners_document_file_given",
                condition=has_text("file") & has_text("file_name"),
                violation_error_message=_("Choose the file."),
            ),
            models.CheckConstraint(
                name="partners_document_media_type_known",
                condition=Q(media_type__in=tuple(EXTENSIONS)),
                violation_error_message=_("Choose a PDF or a JPEG, PNG or WebP image."),
            ),
            models.CheckConstraint(
                name="partners_document_size_positive",
                condition=Q(size__gt=0),
                violation_error_message=_("The file is empty. Choose another one."),
            ),
            models.CheckConstraint(
                name="partners_document_sha256_format",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}\Z"),
                violation_error_message=_("The file has no checksum. Choose it again."),
            ),
            models.CheckConstraint(
                name="partners_document_published_in_latvian",
                condition=Q(is_published=False) | has_text("title_lv"),
                violation_error_message=_("Enter the Latvian title, or leave the document unpublished."),
            ),
            models.CheckConstraint(
                name="partners_document_container_unpublished",
                condition=Q(is_published=False) | ~Q(media_type=CONTAINER),
                violation_error_message=_(
                    "An e-signed container is for colleagues only. Leave it unpublished, and attach a PDF of "
                    "what it holds for visitors."
                ),
            ),
            models.CheckConstraint(
                name="partners_document_picture_described",
                condition=Q(media_type__in=NO_PICTURES)
                | (has_text("alternative_lv") & has_text("alternative_en")),
                violation_error_message=_(
                    "Write in Latvian and in English what the picture shows, for those who cannot see it."
                ),
            ),
        )

    def __str__(self):
        return self.title or self.file_name

    def save(self, *args, **kwargs):
        self.examine_new_file()
        self.store_new_file()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("partners:document", args=[self.uuid, self.file_name])

    def clean(self):
        try:
            self.examine_new_file()
        except ValidationError as error:
            raise ValidationError({"file": error}) from error

    def validate_constraints(self, exclude=None):
        # No form has what follows from the file, and some do not decide on publishing: the rules about either
        # would be skipped. Of a file that was refused nothing follows.
        exclude = set(exclude or ()) - {"is_published"}
        exclude = exclude | FOLLOWS_FROM_FILE if "file" in exclude else exclude - FOLLOWS_FROM_FILE
        super().validate_constraints(exclude=exclude)

    @property
    def is_picture(self):
        return self.media_type not in NO_PICTURES

    @property
    def has_new_file(self):
        """Whether a file was chosen that is not in the storage yet."""
        return bool(self.file) and not self.file._committed

    def examine_new_file(self):
        """Keep what is to be kept of a newly chosen file, and note what that is.

        A ValidationError says why the file is refused.
        """
        if not self.has_new_file:
            return
        self.file.file = sanitized(self.file.file)
        for name, value in examine(self.file.file)._asdict().items():
            setattr(self, name, value)
        self.file_name = with_extension(self.file.name, self.media_type)

    def store_new_file(self):
        """Put a newly chosen file into the storage: all of it, or a StorageAwayError and none."""
        if not self.has_new_file:
            return
        storage, name = self.file.storage, self.file.field.generate_filename(self, self.file.name)
        if is_away(storage):
            raise StorageAwayError
        try:
            self.file = storage.save(name, self.file.file)
        except Exception as error:  # each storage has its own
            with suppress(Exception):
                storage.delete(name)  # a disk that is full holds half of it
            raise StorageAwayError from error


def with_extension(file_name, media_type):
    """`file_name` as it is offered for saving: tidy, and never with the extension of anything else."""
    name = " ".join(tidy(PurePath(file_name).name).split())
    first, *others = EXTENSIONS[media_type]
    if name.lower().endswith((first, *others)) and len(name) <= LONGEST_FILE_NAME:
        return name
    return f"{name[: LONGEST_FILE_NAME - len(first)]}{first}"
