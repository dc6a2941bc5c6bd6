import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from partners.models import Agreement, City, Page
from partners.resources.directory import Directory
from partners.templatetags.register import LONGEST_ADDRESS, prose
from partners.text import LONGEST_PROSE, fold, sort_key, tidy, tidy_lines

from .factories import make_agreement, make_city, make_field


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Panevėžys", "panevezys"),
        ("ĻIDA", "lida"),
        ("  Naro-Fominsk  ", "naro fominsk"),
        ("Łódź", "lodz"),
        ("Đakovo", "dakovo"),
        ("Ærø", "aero"),
        ("Bălți", "balti"),
        ("Харків", "kharkiv"),
        ("Saint\u00a0Petersburg", "saint petersburg"),
    ],
)
def test_search_compares_letters_without_case_and_diacritics(text, folded):
    assert fold(text) == folded


def test_latvian_order_puts_letters_with_a_mark_after_their_base_letter():
    names = ["Žatece", "Zarasi", "Švencione", "Suluova", "Ļida", "Luga", "Čerepoveca", "Cēsis", "Czstochova"]
    assert sorted(names, key=lambda name: sort_key(name, "lv")) == [
        "Cēsis",
        "Czstochova",
        "Čerepoveca",
        "Luga",
        "Ļida",
        "Suluova",
        "Švencione",
        "Zarasi",
        "Žatece",
    ]


def test_latvian_long_vowels_stand_among_the_short_ones():
    assert sorted(["Aba", "Āda", "Aca"], key=lambda name: sort_key(name, "lv")) == ["Aba", "Aca", "Āda"]


def test_english_order_ignores_marks():
    assert sorted(["Czech", "Čad", "Lux", "Ļida"], key=lambda name: sort_key(name, "en")) == [
        "Čad",
        "Czech",
        "Ļida",
        "Lux",
    ]


def test_text_is_kept_in_nfc_with_plain_line_ends():
    assert tidy(" s\u030c\r\nb\rc\n ") == "š\nb\nc"


def test_control_characters_that_word_processors_leave_are_dropped():
    assert tidy("viens\x0bdivi\x00\ttrīs\x1f") == "viensdivi\ttrīs"


@pytest.mark.parametrize(
    "text",
    [
        "سبزه\u200cوار",  # Persian: Sabzevar
        "ශ්\u200dරී ලංකා",  # Sinhala: Sri Lanka
        "क्\u200dष",  # Hindi
        "ക്\u200cഷ",  # Malayalam
        "അവന്\u200d",  # Malayalam, at the end of a word
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d⚕\ufe0f",
        "🐈\u200d⬛",
    ],
)
def test_joiner_that_belongs_to_the_spelling_is_kept(text):
    assert tidy(text) == tidy(tidy(text)) == text


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("Dau\u200dgav\u200cpils", "Daugavpils"),
        ("سبزه\u200c وار\u200c", "سبزه وار"),
        ("سبزه\u200c\u200cوار", "سبزه\u200cوار"),
        ("👨\u200d festivāls", "👨 festivāls"),
        ("\u200dRīga\u200d", "Rīga"),
        ("Лида\u200d", "Лида"),
    ],
)
def test_joiner_that_joins_nothing_is_dropped(text, tidied):
    assert tidy(text) == tidied


def test_search_finds_a_word_with_and_without_its_joiner():
    assert fold("سبزه\u200cوار") == fold("سبزهوار") == "sbzhwr"


@pytest.mark.django_db
def test_lists_lose_blank_lines_and_spaces_but_no_entry():
    city = make_city()
    city.other_names = " Vindava \r\n\r\nWindau\r\n"
    city.full_clean()
    assert city.other_names == "Vindava\nWindau"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("• • izglītība;", "izglītība"),
        ("•\tizglītība;\n•\tkultūra.", "izglītība\nkultūra."),
        ("·izglītība", "izglītība"),
        ("– izglītība\n— kultūra\n- sports", "izglītība\nkultūra\nsports"),
        ("* izglītība", "izglītība"),
        ("o\tizglītība\n▪ kultūra", "izglītība\nkultūra"),
        ("§ izglītība\n\uf0b7 kultūra\n\uf0a7\tsports", "izglītība\nkultūra\nsports"),
        ("1) izglītība;\n2) kultūra;", "izglītība\nkultūra"),
        ("(1) izglītība", "izglītība"),
        ("1. izglītība\n2. • kultūra", "izglītība\nkultūra"),
        ("•\n• izglītība\n• ; ", "izglītība"),
        ("• izglītība; • kultūra; • sports", "izglītība\nkultūra\nsports"),
        ("•\tizglītība •\tkultūra", "izglītība\nkultūra"),
        ("izglītība; • kultūra;• sports.", "izglītība\nkultūra\nsports."),
        ("- izglītība; - kultūra", "izglītība\nkultūra"),
        ("1) izglītība; 2) kultūra", "izglītība\nkultūra"),
        ("izglītība •", "izglītība"),
        ("izglītība; •", "izglītība"),
        ("Ø izglītība\nü\tkultūra", "izglītība\nkultūra"),
        ("→ izglītība", "izglītība"),
        ("−\tizglītība", "izglītība"),
        ("(a) izglītība\nb) kultūra", "izglītība\nkultūra"),
        ("1.\tizglītība", "izglītība"),
        ("2.1.\tizglītība\na.\tkultūra", "izglītība\nkultūra"),
    ],
)
def test_list_pasted_from_word_leaves_no_bullet(pasted, kept):
    assert tidy_lines(pasted) == kept
    assert tidy_lines(kept) == kept


def test_list_numbered_over_and_over_leaves_no_number():
    assert tidy_lines("1. " * 1500 + "izglītība\n" + "2. " * 1500 + "kultūra") == "izglītība\nkultūra"


@pytest.mark.parametrize(
    "text",
    [
        "2. pasaules kara vēsture",
        "1. maija svētki\nsports",
        "1. maija svētki\n9. maija svētki",
        "§ 5 izpilde",
        "-5 grādi",
        "ostas; muita",
        "opera",
        "–",
        "3D druka",
        "2. pasaules karš",
        "Øresund",
        "Færøerne; Bornholm Ø",
        "Ø 50 mm caurules",
        "sociāli-ekonomiskā",
        "-izglītība",
        "Rīga → Daugavpils",
        "māksla • zinātne",
        "A. Pumpura iela",
        "līgums par 1) izglītību; 2) kultūru",
    ],
)
def test_entry_that_only_begins_like_one_of_a_list_stays_whole(text):
    assert tidy_lines(text) == text


@pytest.mark.django_db
def test_keys_and_search_text_follow_every_way_of_saving():
    city = make_city(name_lv="Šauļi", name_en="Šiauliai", other_names="Schaulen")
    City.objects.bulk_create([City(slug="cesis", name_lv="Cēsis", country="LV")])
    assert bytes(City.objects.get(pk=city.pk).sort_key_lv) == sort_key("Šauļi", "lv")
    assert City.objects.get(pk=city.pk).search_text.split() == ["sauli", "siauliai", "schaulen"]
    assert bytes(City.objects.get(slug="cesis").sort_key_en) == sort_key("Cēsis", "en")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("panevezys", ["panevezys"]),
        ("PANEVĒŽA", ["panevezys"]),
        ("kharkov", ["kharkiv"]),
        ("Harkova", ["kharkiv"]),
        ("belci", ["balti"]),
        ("Bălți", ["balti"]),
        ("polija", ["radom"]),
        ("poland", ["radom"]),
        ("turkey", ["suluova"]),
        ("turkiye", ["suluova"]),
        ("armenija alaverdi", ["alaverdi"]),
        ("alaverdi polija", []),
        ("ejmiatsin", ["vagharshapat"]),
        ("adjaria", ["batumi"]),
        ("Radoma, Polija", ["radom"]),
        ("narofominsk", ["naro-fominsk"]),
        ("naro fominsk", ["naro-fominsk"]),
        ("St Petersburg", ["saint-petersburg"]),
        ("%", []),
        ("_", []),
    ],
)
def test_search_finds_partners_by_either_language_alias_region_and_country(register, query, found):
    assert list(City.objects.matching(query).values_list("slug", flat=True)) == found


@pytest.mark.django_db
def test_partners_stand_in_the_order_of_the_shown_language(register):
    assert [city.name for city in City.objects.alphabetical()][-7:] == [
        "Ramla",
        "Raška",
        "Sanktpēterburga",
        "Suluova",
        "Vagaršapata",
        "Visagina",
        "Vitebska",
    ]
    with override("en"):
        english = [city.name for city in City.objects.alphabetical()]
    assert english[:5] == [
        "Alaverdi",
        "Babruysk",
        "Bălți",
        "Batumi",
        "Central Administrative Okrug of Moscow",
    ]


@pytest.mark.django_db
def test_search_finds_agreements_by_scope_partner_and_country():
    agreement = make_agreement(make_city("lida", name_lv="Ļida", country="BY"), scope_lv="Veselības aprūpe")
    for query in ("veseliba", "lida", "baltkrievija", "lida aprupe"):
        assert list(Agreement.objects.matching(query)) == [agreement]
    assert list(Agreement.objects.matching("lida kultura")) == []


@pytest.mark.django_db
def test_search_finds_agreements_by_the_fields_they_fall_under():
    health = make_field("health", name_lv="Veselības aprūpe", name_en="Health care")
    agreement = make_agreement(scope_lv="Medicīna", fields=[health, make_field("culture")])
    for query in ("health care", "veselibas aprupe", "medicina"):
        assert list(Agreement.objects.matching(query)) == [agreement]


def test_running_text_has_an_end():
    Page(place="about", title_lv="Par", body_lv="a" * LONGEST_PROSE).clean_fields()
    with pytest.raises(ValidationError) as refusal, override("lv"):
        Page(place="about", title_lv="Par", body_lv="a" * (LONGEST_PROSE + 1)).clean_fields()
    assert refusal.value.message_dict["body_lv"] == [
        "Teksts ir par garu: rakstzīmju skaits ir 10001, atļauts ne vairāk kā 10000. Saīsiniet to."
    ]


def test_text_with_a_word_that_is_too_long_for_an_address_has_no_links():
    address = "https://example.org/".ljust(LONGEST_ADDRESS, "a")
    assert prose(f"Sk. {address}") == f'<p>Sk. <a href="{address}">{address}</a></p>'
    assert prose(f"Sk. {address}a") == f"<p>Sk. {address}a</p>"


def test_address_begins_where_a_word_does():
    assert prose("(http://a.lv)") == '<p>(<a href="http://a.lv">http://a.lv</a>)</p>'
    for text in ("xhttp://a.lv", "ļhttp://a.lv"):
        assert prose(text) == f"<p>{text}</p>"


def test_long_texts_sort_by_their_beginning():
    assert sort_key("č" * 5000, "lv") == sort_key("č" * 6000, "lv") < sort_key("d" * 5000, "lv")


@pytest.mark.django_db
def test_partner_is_known_with_and_without_a_joiner():
    city = make_city("sabzevar", other_names="سبزه\u200cوار")
    assert Directory().city("سبزهوار").pk == Directory().city("سبزه\u200cوار").pk == city.pk
