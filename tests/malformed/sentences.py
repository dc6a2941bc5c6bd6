"""What an officer reads of a file that cannot be taken as it is."""

READ_AS_1257 = "Fails ir nolasīts Windows-1257 (Baltijas) kodējumā: pārbaudiet, vai šajos vārdos visi burti ir pareizi: %s."
EMPTY = "Fails ir tukšs."
DAMAGED = "Fails ir bojāts. Atveriet to programmā Excel vai LibreOffice un saglabājiet kā XLSX vai ODS."
NO_TABLE = "Šis fails nav tabula. Izvēlieties XLSX, ODS vai CSV failu."
NO_TEXT = "Šis nav teksta fails. Saglabājiet tabulu kā XLSX, ODS vai „CSV UTF-8”."
NO_LETTERS = "Faila burtus nevar nolasīt. Saglabājiet to kā „CSV UTF-8” vai XLSX."
GARBLED = (
    "%d. rindā, kolonnā „internal_note” burti ir nolasīti nepareizā kodējumā („%s”). "
    "Saglabājiet tabulu no jauna kā „CSV UTF-8” vai XLSX."
)
LOST_LETTERS = "Kad šis teksts iepriekš saglabāts, daži burti ir zaudēti („\ufffd”). Ierakstiet to no jauna."
WEB_PAGE = (
    "Šī ir tīmekļa lapa vai XML fails. Atveriet to programmā Excel vai LibreOffice un saglabājiet kā XLSX."
)
OLD = "Šis ir vecs vai šifrēts Excel fails. Saglabājiet to kā XLSX bez paroles."
PASSWORD = "Fails ir aizsargāts ar paroli. Saglabājiet to bez paroles."
NO_EXPORT = "Šis JSON fails nav reģistra eksports. Izmantojiet XLSX vai CSV."
QUOTES = "Pie %d. rindas pēdiņas nav aizvērtas vai ir nevietā. Saglabājiet failu kā XLSX."
RAGGED = "%d. rindā šūnu skaits ir %d, bet kolonnu skaits – 3. Pārbaudiet atdalītājus un pēdiņas."
UNNAMED = "2. rindā ir vērtība kolonnā %s, kurai nav virsraksta. Ierakstiet virsrakstu."
TOO_MANY_ROWS = "Failā ir vairāk par 20\u00a0000 rindām. Sadaliet to vairākos failos."
TOO_MANY_COLUMNS = "Failā ir vairāk par 200 kolonnām. Izdzēsiet liekās."
TOO_MANY_PARTS = "Failam ir vairāk par 200 daļām. Saglabājiet jaunā failā tikai tabulu."
TOO_LONG = "2. rindā, kolonnā „internal_note” teksts ir garāks par 100\u00a0000 rakstzīmēm. Saīsiniet to."
TOO_LARGE = "Atpakots fails ir lielāks par 100,0\u00a0MB. Saglabājiet jaunā failā tikai tabulu."
MERGED = (
    "Šūnas %s ir apvienotas. Sadaliet tās vai, ja tas ir nosaukums virs virsrakstiem, izdzēsiet šo rindu."
)
HIDDEN_ROW = "%d. rinda ir paslēpta. Parādiet visas rindas, noņemiet filtru un saglabājiet failu."
HIDDEN_COLUMN = "Kolonna %s ir paslēpta. Parādiet visas kolonnas un saglabājiet failu."
HIDDEN_SHEET = "Lapa „Līgumi” ir paslēpta. Parādiet to vai izdzēsiet no faila."
SEVERAL_SHEETS = "Dati ir vairākās faila lapās: %s. Pārkopējiet importējamo lapu jaunā failā."
ERROR = "Šūnā %s ir kļūda (%s). Ierakstiet tās vietā vērtību."
NO_RESULT = "Šūnā C2 ir formula bez rezultāta. Ierakstiet formulas vietā vērtību."
NEVER_CALCULATED = (
    "Šūnā %s ir formula, kas nav aprēķināta. Atveriet failu programmā Excel vai LibreOffice un saglabājiet to "
    "vai arī ierakstiet formulas vietā vērtību."
)
CHOICES = "Paslēptā lapa „Saraksti”, kurā ir nolaižamo sarakstu vērtības, nav nolasīta."
UNCERTAIN = "Šūnā %s esošais datums nav viennozīmīgs. Ierakstiet to kā tekstu."
TIME = "Šūnā C2 ir diennakts laiks. Ierakstiet to kā tekstu."
OWN_FORM = "Šūnā C2 redzamais skaitlis nav tas pats, kas tajā ierakstīts. Parādiet visus ciparus vai ierakstiet to kā tekstu."
PERCENTAGE = "Šūnā C2 ir procentu vērtība. Ierakstiet to kā parastu skaitli vai tekstu."
BINARY = "Šis ir binārs Excel fails (XLSB). Saglabājiet to kā XLSX."
MACROS = "Šajā darbgrāmatā ir makrokomandas. Saglabājiet to kā XLSX, tad to vairs nebūs."

COLUMNS = (
    "Šīs izklājlapas kolonnas ir: Identifikators, Sadarbības partneris, Veids, Papildina līgumu, Noslēgts, Statuss, "
    "Izbeigšanas datums, Iemesls · LV, Iemesls · EN, Spēkā līdz, Pagarinās automātiski, Uzteikuma termiņš mēnešos, "
    "Domes lēmuma numurs, Domes lēmuma datums, Sadarbības virzieni · LV, Sadarbības virzieni · EN, Sadarbības jomas, "
    "Avots · LV, Avots · EN, Iekšējā piezīme, Publicēts."
)
UNKNOWN = f"Kolonna nav zināma: pārdēvējiet vai izdzēsiet to. {COLUMNS}"
NONE_KNOWN = (
    "Neviens virsraksts nav zināms. Virsrakstiem jābūt pirmajā rindā: izdzēsiet nosaukumus virs tiem un "
    f"piešķiriet kolonnām šīs izklājlapas nosaukumus. {COLUMNS}"
)
NO_KEY = (
    1,
    "Identifikators",
    "",
    "Trūkst vienas no šīm kolonnām: Identifikators, Sadarbības partneris. "
    "Bez tās nav zināms, uz kuru ierakstu attiecas rinda.",
)
TWICE = "Kolonna ir divreiz. Izdzēsiet vienu no tām."
NO_DATE = (
    "„%s” nav datums. Rakstiet 2012-09-17 vai 17.09.2012., bet, ja zināms tikai mēnesis vai gads, – "
    "2012-09 vai 2012; ja nekas nav zināms, atstājiet tukšu."
)
NO_PARTNER = "Ierakstiet, ar kuru sadarbības partneri līgums noslēgts."


def guess(name):
    return f"Kolonna nav zināma: pārdēvējiet vai izdzēsiet to. Vai domājāt „{name}”? {COLUMNS}"
