"""Settings, read from the environment. README.md has the table; a missing or unsafe one stops the start."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as translated

from .environment import read_environment

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def stop(sentence):
    """End the start with one sentence for the administrator, not with a traceback."""
    sys.exit(f"Twinning cannot start: {sentence}")


def flag(name):
    """The setting `name`, 1 or 0; anything else would silently count as 0."""
    text = env.str(name, default="0").lower()
    if text not in ("1", "0", "true", "false", "yes", "no", "on", "off", ""):
        stop(f"{name} is “{text}”; set it to 1 or 0.")
    return text in ("1", "true", "yes", "on")


def limit(name, default, least=1):
    """The setting `name`, a whole number of at least `least`."""
    text = env.str(name, default=str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        stop(f"{name} is “{text}”; set it to a whole number of at least {least}.")
    return int(text)


def kept_secret(path):
    """The secret key of an installation that serves this machine only, made at the first start."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        draft.rename(path)
    return path.read_text()


# The settings of a server stand in one file. What a process was given besides goes before them; LOCAL=1,
# which needs none of them, does without.
environment_file = BASE_DIR / "environment"
if not flag("LOCAL") and environment_file.exists():
    try:
        for name, value in read_environment(environment_file).items():
            os.environ.setdefault(name, value)
    except OSError as error:
        stop(
            f"{environment_file} cannot be read ({error.strerror}); run this as the account of the register."
        )
    except ValueError as error:
        stop(str(error))

# LOCAL=1 is for trying out and for development: only this machine is answered, and http will do.
LOCAL = flag("LOCAL")
DEBUG = flag("DEBUG")

DATA_DIR = (BASE_DIR / env.str("DATA_DIR", default="var")).resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    stop(f"the folder {DATA_DIR} cannot be made ({error.strerror}); set DATA_DIR to one it may write to.")

if LOCAL:
    SECRET_KEY = kept_secret(DATA_DIR / "secret_key")
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
else:
    # As they are: environ takes a value that begins with $ for the name of another one.
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure-"):
        stop("set SECRET_KEY to a random text of at least 50 characters (or LOCAL=1 to try it out here).")
    if any(len(earlier) < 50 for earlier in SECRET_KEY_FALLBACKS):
        stop("set SECRET_KEY_FALLBACKS to the earlier SECRET_KEYs, each as it was, separated by commas.")
    if not ALLOWED_HOSTS:
        stop("set ALLOWED_HOSTS to the host names of the site, separated by commas.")
    if any(host.startswith("*") for host in ALLOWED_HOSTS):
        stop("ALLOWED_HOSTS may not hold a *; name each host of the site.")
    if DEBUG:
        stop("DEBUG shows the inside of the site to everybody; unset it, or set LOCAL=1 on your own machine.")

INSTALLED_APPS = [
    "partners",  # before the packages whose templates it overrides
    "modeltranslation",  # before the admin, which it extends
    "partners.apps.RegisterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "twinning.static_files.GatheredFilesConfig",
    "django_countries",
    "import_export",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "partners.policies.PoliciesMiddleware",  # every answer has them, those of the next ones included
    "twinning.watch.WatchMiddleware",  # before all that a load balancer does not bring: name, TLS, database
    "django.middleware.security.SecurityMiddleware",
    "partners.long_addresses.LongAddressesMiddleware",  # before all that reads addresses
    "partners.middleware.PublicPagesMiddleware",  # before all that it saves: rendering, packing, headers
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partners.middleware.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "partners.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partners.accounts.middleware.AccountMiddleware",  # before all that asks who it is
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",  # who made a change
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last: its answer takes the place of that to a login
]

ROOT_URLCONF = "twinning.urls"
WSGI_APPLICATION = "twinning.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partners.context_processors.pages",
            ],
        },
    },
]

# Database: one SQLite file, unless DATABASE_URL names a PostgreSQL server.
if database_url := env.str("DATABASE_URL", default=""):
    if not database_url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        stop("set DATABASE_URL to postgres://name:password@host:5432/database, or leave it unset for SQLite.")
    DATABASES = {"default": env.db_url_config(database_url)}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "db.sqlite3"}}
# With either database: to open SQLite's file anew takes as long as all the queries of a page.
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL;",
        # Who saves while a large file is imported waits for its end, on a slow machine, too.
        "timeout": 60,
        # Take the write lock at the start: a transaction that upgrades from reading fails at once instead.
        "transaction_mode": "IMMEDIATE",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that does not answer at all is given up before visitors do.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Languages
LANGUAGE_CODE = "lv"
LANGUAGES = [("lv", "Latviešu"), ("en", "English")]
# Kosovo has no code in ISO 3166-1 but this one, left to its users, which the European Union and Unicode use.
# Its Latvian name is kept with those of the register: makemessages does not know the function `translated`.
COUNTRIES_OVERRIDE = {"XK": translated("Kosovo")}

LOCALE_PATHS = [
    BASE_DIR / "partners" / "locale",  # our own strings, those of templates/ included
    BASE_DIR / "twinning" / "locale",  # strings of packages that lack Latvian, or have it wrong
]
FORMAT_MODULE_PATH = "twinning.locale"
TIME_ZONE = "Europe/Riga"
USE_TZ = True

MODELTRANSLATION_DEFAULT_LANGUAGE = "lv"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("lv",), "lv": ("en",), "en": ("lv",)}


def language_label(verbose_name, language):
    """The label of one language's column in the admin: "Name · LV"."""
    return format_lazy("{} · {}", verbose_name, language.upper())


MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = language_label

# Spreadsheets: what a file may be at most, looked at before it is opened
IMPORT_MAX_BYTES = limit("IMPORT_MAX_BYTES", 20 * 2**20)
IMPORT_MAX_UNPACKED_BYTES = limit("IMPORT_MAX_UNPACKED_BYTES", 100 * 2**20)
IMPORT_MAX_ENTRIES = limit("IMPORT_MAX_ENTRIES", 200)
IMPORT_MAX_ROWS = limit("IMPORT_MAX_ROWS", 20_000)
IMPORT_MAX_COLUMNS = limit("IMPORT_MAX_COLUMNS", 200)
IMPORT_MAX_CELL_LENGTH = limit("IMPORT_MAX_CELL_LENGTH", 100_000)

# Documents attached to agreements, each at most this large
DOCUMENT_MAX_BYTES = limit("DOCUMENT_MAX_BYTES", 20 * 2**20)
MEDIA_ROOT = DATA_DIR / "documents"  # never served as it is: the site decides who sees which
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
try:
    document_storage_options = env.json("DOCUMENT_STORAGE_OPTIONS", default={})
except ValueError:
    document_storage_options = None
if not isinstance(document_storage_options, dict):
    stop('set DOCUMENT_STORAGE_OPTIONS to a JSON object, such as {"bucket_name": "documents"}.')

# Reminders: from how many months before the deadline for notice on
NOTICE_AHEAD_MONTHS = limit("NOTICE_AHEAD_MONTHS", 6)

# E-mail: reminders, with links to the admin, and links that unlock a login.
host = ALLOWED_HOSTS[0].removeprefix(".")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000" if LOCAL else f"https://{host}").rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):
    stop("set SITE_URL to the address of the site, such as https://register.example.org.")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"register@{host}")
EMAIL_TIMEOUT = 30
email_url = env.str("EMAIL_URL", default="consolemail://" if LOCAL else "")
SENDS_EMAIL = bool(email_url)
if SENDS_EMAIL:
    try:
        mail_server = env.email_url_config(email_url)
    except (ValueError, ImproperlyConfigured):
        mail_server = {}
    if not mail_server or ("smtp" in email_url and not mail_server["EMAIL_HOST"]):
        stop("set EMAIL_URL to the mail server: smtp+tls://name:password@host:587.")
    vars().update(mail_server)

# A partner's page with its agreements carries each value twice, and each field of cooperation.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Where a fault that endangers the site is to be reported, for /.well-known/security.txt
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://", "tel:")):
    stop("set SECURITY_CONTACT to an address such as mailto:security@example.org or https://example.org/.")

# Accounts
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "partners.accounts.backend.StaffBackend"]
TRUSTED_PROXIES = limit("TRUSTED_PROXIES", 0, least=0)
AXES_HANDLER = "partners.accounts.throttling.LoginThrottle"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # each failure of a day: what slows an account down
AXES_FAILURE_LIMIT = limit("LOGIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=limit("LOGIN_LOCK_MINUTES", 15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody is kept out for longer by being tried again
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "partners.accounts.addresses.throttled_address"
AXES_LOCKOUT_CALLABLE = "partners.accounts.throttling.locked"
AXES_DISABLE_ACCESS_LOG = True  # the audit tells it; the throttle notes which address was logged in from
AXES_ENABLE_ADMIN = False
LOGIN_REDIRECT_URL = "admin:index"
SESSION_IDLE_SECONDS = 60 * limit("SESSION_IDLE_MINUTES", 45)
SESSION_MAX_SECONDS = 60 * 60 * limit("SESSION_MAX_HOURS", 12)
OTP_TOTP_ISSUER = urlsplit(SITE_URL).hostname  # what the app on the telephone calls the site
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": env.str("DOCUMENT_STORAGE", default="") or "django.core.files.storage.FileSystemStorage",
        "OPTIONS": document_storage_options,
    },
    "staticfiles": {
        "BACKEND": "twinning.static_files.PublicFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}

# Pages kept in the memory of each process, packed and plain
PAGE_CACHE_BYTES = limit("PAGE_CACHE_BYTES", 64 * 2**20)

# For how long a page may still be shown while nobody can ask the database whether it has changed
STALE_IF_ERROR_SECONDS = limit("STALE_IF_ERROR_SECONDS", 3600, least=0)

# The same pages shared by processes and machines, where CACHE_URL names a Redis
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
if cache_url := env.str("CACHE_URL", default=""):
    if not cache_url.startswith(("redis://", "rediss://", "unix://")):
        stop("set CACHE_URL to a Redis, redis://:password@host:6379/0, or leave it unset.")
    CACHES["pages"] = {
        "BACKEND": "partners.redis_cache.ForgivingRedisCache",
        "LOCATION": cache_url,
        "KEY_PREFIX": "twinning",
        "OPTIONS": {
            "serializer": "partners.redis_cache.AsItIs",
            "socket_timeout": 0.25,  # rendering would be quicker
            "socket_connect_timeout": 0.25,
        },
    }

# Security
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie
if not LOCAL:
    # No other host of the domain can set cookies that are called so, and browsers take them by https only.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if flag("BEHIND_PROXY"):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Faults go to standard error, where the service manager keeps them; addresses that lead nowhere do not.
# What happens to accounts goes there, too, unless AUDIT_LOG names a file, or stdout.
audit_log = env.str("AUDIT_LOG", default="")
if audit_log in ("", "stderr", "stdout"):
    audit_handler = {"class": "logging.StreamHandler", "stream": f"ext://sys.{audit_log or 'stderr'}"}
else:
    # Opened again after it has been rotated, and made at the first line
    audit_handler = {"class": "logging.handlers.WatchedFileHandler", "filename": audit_log, "delay": True}
    if not os.access(Path(audit_log).resolve().parent, os.W_OK):
        stop(f"{audit_log} cannot be written; set AUDIT_LOG to a file that it may write to, or to stdout.")
LOG_FORMAT = env.str("LOG_FORMAT", default="plain")
if LOG_FORMAT not in ("plain", "json"):
    stop(f"LOG_FORMAT is “{LOG_FORMAT}”; set it to plain or json.")
FAULTS_TO = env.list("FAULTS_TO", default=[])
if FAULTS_TO and not SENDS_EMAIL:
    stop("FAULTS_TO needs a mail server: set EMAIL_URL, too.")
ADMINS = [(address, address) for address in FAULTS_TO]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = "[Twinning] "
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "twinning.logs.RequestId"}},
    "formatters": {
        "audit": {"()": "partners.accounts.audit.Line"},
        "plain": {},
        "json": {"()": "twinning.logs.JsonLines"},
        "mail": {
            "()": "twinning.logs.WithoutValues",
            "format": "%(asctime)s %(name)s, request %(request_id)s\n%(message)s",
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": LOG_FORMAT},
        "audit": {**audit_handler, "formatter": "audit"},
        "mail": {"class": "twinning.logs.FaultMail", "filters": ["request_id"], "formatter": "mail"},
    },
    "root": {"handlers": ["console", "mail"] if FAULTS_TO else ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Anybody can send these, and is refused.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.security.DisallowedRedirect": {"level": "CRITICAL"},
        "twinning.audit": {"handlers": ["audit"], "level": "INFO", "propagate": False},
        "axes": {"level": "ERROR"},  # the audit says the same
    },
}
