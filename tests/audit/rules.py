"""What the rules have to find, and what they have to leave alone. Nothing of this is ever run."""
# ruff: noqa

from django.views.decorators.csrf import csrf_exempt


def statements(cursor, name, names):
    # ruleid: sql-from-parts
    cursor.execute(f"SELECT * FROM partners_city WHERE slug = '{name}'")
    # ruleid: sql-from-parts
    cursor.execute("SELECT * FROM partners_city WHERE slug = '%s'" % name)
    # ruleid: sql-from-parts
    cursor.execute("SELECT * FROM partners_city WHERE slug = '{}'".format(name))
    # ruleid: sql-from-parts
    cursor.execute("SELECT * FROM partners_city WHERE slug = " + name)
    statement = f"SELECT * FROM {name}"
    # ruleid: sql-from-parts
    cursor.executemany(statement, names)
    columns = ", ".join(names)
    # ruleid: sql-from-parts
    migrations.RunSQL("SELECT " + columns)
    # ruleid: sql-from-parts, sql-beside-the-orm
    City.objects.raw(f"SELECT * FROM partners_city WHERE slug = '{name}'")
    # ok: sql-from-parts
    cursor.execute("SELECT * FROM partners_city WHERE slug = %s", [name])


def beside(cities, name):
    # ruleid: sql-beside-the-orm
    cities.extra(where=["slug = %s"], params=[name])
    # ruleid: sql-beside-the-orm
    City.objects.raw("SELECT * FROM partners_city")
    # ruleid: sql-beside-the-orm
    cities.annotate(number=RawSQL("1", []))


def lookups(request, cities):
    # ruleid: lookup-from-a-request
    cities.filter(**request.GET.dict())
    asked = request.GET.dict()
    # ruleid: lookup-from-a-request
    cities.exclude(**asked)
    # ruleid: lookup-from-a-request
    cities.get(**request.POST)
    # ruleid: lookup-from-a-request
    cities.order_by(request.GET["sort"])
    # ruleid: lookup-from-a-request
    cities.values(request.GET["column"])
    # ruleid: lookup-from-a-request
    cities.values_list(*request.GET.getlist("column"))
    # ok: lookup-from-a-request
    cities.filter(slug=request.GET["slug"])


def redirects(request):
    place = request.GET["next"]
    if request.method == "GET":
        # ruleid: redirect-from-a-request
        return redirect(place)
    if request.method == "PUT":
        # ruleid: redirect-from-a-request
        return HttpResponsePermanentRedirect(request.headers["Referer"])
    # ruleid: redirect-from-a-request
    return HttpResponseRedirect(request.META["HTTP_REFERER"])


def asked_redirects(request):
    place = request.POST["next"]
    if url_has_allowed_host_and_scheme(place, {request.get_host()}):
        # ok: redirect-from-a-request
        return redirect(place)
    # ok: redirect-from-a-request
    return redirect(f"/lv/partneri/?{request.GET.urlencode()}")


def html(name, names):
    # ruleid: html-from-parts
    format_html(f"<b>{name}</b>")
    # ruleid: html-from-parts
    format_html("<b>%s</b>" % name)
    # ruleid: html-from-parts
    format_html("<b>" + name + "</b>")
    # ruleid: html-from-parts
    format_html("<b>{}</b>".format(name))
    # ruleid: html-from-parts
    format_html_join("", f"<b>{name}{{}}</b>", names)
    # ruleid: html-from-parts
    SafeString(name)
    # ruleid: html-from-parts
    HttpResponse(f"<b>{name}</b>")
    # ok: html-from-parts
    format_html("<b>{}</b>", name)


# ruleid: form-without-token
@csrf_exempt
def view(request):
    pass


def code(data):
    # ruleid: code-from-data
    eval(data)
    # ruleid: code-from-data
    exec(data)
    # ruleid: code-from-data
    pickle.loads(data)
    # ruleid: code-from-data
    marshal.load(data)
    # ruleid: code-from-data
    shelve.open(data)
    # ruleid: code-from-data
    yaml.load(data, Loader=Loader)
    # ok: code-from-data
    json.loads(data)


def waiting(place, text):
    # ruleid: waiting-for-ever
    requests.get(place)
    # ruleid: waiting-for-ever
    urllib.request.urlopen(place)
    # ruleid: waiting-for-ever
    http.client.HTTPSConnection(place)
    # ruleid: waiting-for-ever
    smtplib.SMTP(place)
    # ruleid: waiting-for-ever
    socket.create_connection(place)
    # ok: waiting-for-ever
    requests.get(place, timeout=10)


def days(seconds):
    # ruleid: day-of-another-time-zone
    timezone.now().date()
    # ruleid: day-of-another-time-zone
    timezone.now().year
    # ruleid: day-of-another-time-zone
    datetime.now()
    # ruleid: day-of-another-time-zone
    datetime.utcnow()
    # ruleid: day-of-another-time-zone
    datetime.fromtimestamp(seconds)
    # ruleid: day-of-another-time-zone
    date.today()
    # ok: day-of-another-time-zone
    datetime.fromtimestamp(seconds, tz=UTC)
    # ok: day-of-another-time-zone
    timezone.localdate()


def cookies(response):
    # ruleid: cookie-of-our-own
    response.set_cookie("seen", "1")
    # ruleid: cookie-of-our-own
    response.set_signed_cookie("seen", "1")
