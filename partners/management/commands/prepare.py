from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.utils.crypto import get_random_string

from partners.models import Agreement, City, CooperationField, Page


class Command(BaseCommand):
    help = "Makes a fresh installation usable: loads the register and creates an administrator, once."

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000", help="the port that the printed addresses name")

    def handle(self, *, port, **options):
        if not any(model.objects.exists() for model in (City, Agreement, CooperationField, Page)):
            fixtures = sorted(
                path for folder in settings.FIXTURE_DIRS for path in Path(folder).glob("*.json")
            )
            call_command("loaddata", *fixtures, verbosity=0)
            self.stdout.write(f"The database was empty; loaded: {', '.join(path.stem for path in fixtures)}.")
        self.stdout.write(f"Site:   http://127.0.0.1:{port}/")
        self.stdout.write(f"Admin:  http://127.0.0.1:{port}/lv/admin/")
        users = get_user_model().objects
        if not users.filter(is_superuser=True).exists():
            password = get_random_string(16)
            users.create_superuser("admin", password=password)
            self.stdout.write(f"Name:   admin\nPassword, shown this once:  {password}")
        self.stdout.write("A new password:  LOCAL=1 .venv/bin/python manage.py changepassword admin")
        self.stdout.write("Ctrl+C stops the server.")
