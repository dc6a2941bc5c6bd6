from ..common import ALLOWED_HOSTS, DATABASES, SECRET_KEY, STATIC_URL, TEMPLATES  # noqa: F401

ROOT_URLCONF = "tests.bench.peers.wagtail_site.urls"
INSTALLED_APPS = [
    "tests.bench.peers.wagtail_site",
    *(f"wagtail.{name}" for name in ("sites", "users", "documents", "images", "search", "admin")),
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
WAGTAIL_SITE_NAME = "Partners"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
