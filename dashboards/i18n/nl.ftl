# Dutch texts of the pages. The same keys stand in en.ftl; a test holds them to it.
skip = Naar de inhoud
menu = Hoofdmenu
nav-home = Overzicht
nav-boards = Borden
nav-indicators = Indicatoren
nav-targets = Doelen
nav-quality = Gegevenskwaliteit
nav-data = Open data
nav-about = Leeswijzer
synthetic-title = Demodata.
synthetic-text = Dossiers, registers en statistieken zijn verzonnen; gemeenten, codes en aantallen inwoners zijn echt.
synthetic-short = Demodata: de gegevens zijn verzonnen
cutoff = Cijfers tot en met { $date }
cutoff-label = Cijfers tot en met
as-of-title = U kijkt terug.
as-of-banner = Dit zijn de cijfers, definities en doelen zoals ze stonden bij batch { $batch } ({ $at }).
as-of-now = Terug naar vandaag
as-of-placeholder = vandaag
choose = Kies wat u ziet
choose-region = Gemeente
choose-period = Periode
choose-compare = Vergelijk met
choose-territory = Grondgebied
choose-as-of = Stand op
show = Toon
all-municipalities = Alle gemeenten
compare-others = Mediaan anderen
home-lead = Wat vraagt nu aandacht, en hoe staan we ervoor? Elk cijfer opent zijn eigen bewijs.
attention = Vraagt aandacht
attention-none = Niets vraagt nu aandacht: geen doel is van schema af, en geen loopt risico terwijl het slechter gaat.
attention-no-targets = Er zijn hier nog geen doelen bepaald. Lees ze in uit een formulier of een CSV, dan staat hier wat aandacht vraagt.
attention-rule = Wat hier staat volgt één regel: eerst de doelen die van schema af zijn en slechter gaan dan in dezelfde periode vorig jaar, dan de andere die van schema af zijn, dan wat risico loopt en slechter gaat. Vergeleken wordt de laatste volledige periode.
attention-more = { $count ->
        [one] Nog { $count } ander.
       *[other] Nog { $count } andere.
    }
attention-also = Ook in { $names }.
attention-also-more = Ook in { $names } en { $count } andere.
chart-strip = { $count ->
        [one] { $count } gemeente, van { $low } tot { $high }; mediaan { $median }.
       *[other] { $count } gemeenten, van { $low } tot { $high }; mediaan { $median }.
    }
strip-legend = Elke stip is een gemeente, het staafje de mediaan, de streepjes het gemeenschappelijke doel.
ordinal-2 = het tweede
ordinal-3 = het derde
ordinal-4 = het vierde
ordinal-5 = het vijfde
ordinal-6 = het zesde
ordinal-7 = het zevende
ordinal-8 = het achtste
ordinal-9 = het negende
ordinal-10 = het tiende
ordinal-11 = het elfde
ordinal-12 = het twaalfde
period-month = maandcijfer
period-quarter = kwartaal
period-year = jaar
period-day = dag
period-week = week
period-rolling-year = twaalf maanden
themes = Thema’s
board = Bord
figures = Cijfers
median-of = { $count ->
        [one] mediaan van { $count } gemeente
       *[other] mediaan van { $count } gemeenten
    }
targets-reached = { $reached } van { $set } op schema
open-proof = Toon waar dit cijfer vandaan komt
course-better = Beter
course-worse = Slechter
course-equal = Gelijk aan vorig jaar
course-rose = Gestegen
course-fell = Gedaald
standing-on-track = Op schema
standing-at-risk = Loopt risico
standing-off-track = Van schema af
standing-open-ground = Geen oordeel: ander grondgebied
standing-open-early = Geen oordeel: nog te onvolledig
standing-open-direction = Geen oordeel: geen richting
standing-open-bound = Geen oordeel: geen grens
standing-below = onder
standing-above = boven
standing-why-within = Binnen het doel, en dat blijft zo als het verder gaat zoals sinds dezelfde periode vorig jaar.
standing-why-within-alone = Binnen het doel. Van vorig jaar is er geen vergelijkbaar cijfer, dus over het tempo is niets te zeggen.
standing-why-pace = Binnen het doel. Gaat het verder zoals sinds dezelfde periode vorig jaar, dan is het over een jaar { $then }: { $side } de grens van { $bound }.
standing-why-tolerated = Het cijfer ligt { $side } de grens van { $bound }, maar binnen de tolerantie van { $tolerance }.
standing-why-beyond = Het cijfer ligt { $side } de grens van { $bound }, en verder dan de tolerantie van { $tolerance }.
standing-why-beyond-none = Het cijfer ligt { $side } de grens van { $bound }; het besluit laat geen tolerantie.
standing-why-ground = Het doel werd bepaald voor het grondgebied zoals het op { $date } was. Dit cijfer gaat over een ander grondgebied.
standing-why-early = De periode is voorlopig en voor { $share } volledig. Onder { $enough } volgt geen oordeel.
standing-why-running = De periode loopt nog, en hoe volledig ze is, is niet bekend.
standing-why-direction = Hoger noch lager is hier beter, en het doel is geen band: er valt niets te beoordelen.
standing-why-bound = Het doel heeft geen ondergrens en geen bovengrens.
target-decided = Doel, beslist { $date }
target-short = doel
target-none = geen bepaald
target-band = { $lower } tot { $upper }
target-lower = minstens { $bound }
target-upper = hoogstens { $bound }
peer-median = mediaan
peer-median-long = Mediaan anderen
peer-median-column = Mediaan anderen
other-ground = ander grondgebied
tile-absent = Dit bord noemt een indicator die er niet is:
tile-legend = Beter en slechter: tegenover dezelfde periode vorig jaar. Gestippeld en een open punt: nog voorlopig. Streepjes: het doel. Klik op een cijfer voor het bewijs.
state-missing = geen gegevens
state-not-applicable = niet van toepassing
state-suppressed = verborgen
state-note-missing = Er had een cijfer moeten zijn, maar de gegevens zijn er niet. Dat is geen nul.
state-note-not-applicable = Er valt niets te meten: er was niets om door te delen, of het grondgebied is niet te splitsen.
state-note-torn = Niet te splitsen: sinds { $date } hoort dit gebied bij { $name }, en niet elk dossier van daar zegt in welk deel het ligt. Een getal zou te klein zijn.
state-note-torn-grown = Niet te splitsen: op { $date } werd het grondgebied van { $name } groter, en niet elk dossier van daarna zegt in welk deel het ligt. Een getal zou te klein zijn.
state-note-part = { $all ->
        [one] Voor { $there } van { $all } gemeente hierin is er een cijfer. Een som over een deel ervan zou te klein zijn.
       *[other] Voor { $there } van de { $all } gemeenten hierin is er een cijfer. Een som over een deel ervan zou te klein zijn.
    }
state-note-gone = Deze gemeente bestaat niet meer: ze ging op { $date } op in { $name }.
state-note-unborn = Deze gemeente bestond toen nog niet.
state-note-suppressed = Niet getoond omdat het over te weinig dossiers gaat. Alleen in wat gepubliceerd is.
status-provisional = voorlopig
status-final = definitief
status-revised = herzien
complete-share = { $share } volledig
complete-unknown = volledigheid onbekend
on-day = op { $date }
unit-percent = %
unit-days = { $count ->
        [one] dag
       *[other] dagen
    }
unit-hours = uur
unit-months = { $count ->
        [one] maand
       *[other] maanden
    }
unit-eur-rate = euro per inwoner
unit-eur = euro
unit-per-1000 = per 1.000 inwoners
unit-ratio = verhouding
unit-count = aantal
unit-points = procentpunt
direction-higher = Hoger is beter
direction-lower = Lager is beter
direction-neutral = Geen richting, ter duiding
indicators-lead = Alles wat gemeten wordt. Achter elke titel: het verloop, de gemeenten naast elkaar, de definitie en de bestanden.
indicators-none = Er zijn nog geen indicatoren gedefinieerd.
slice-now = Enkel:
slice-whole = Toon het geheel
kinds = Per maand, kwartaal of jaar
kind-month = Maand
kind-quarter = Kwartaal
kind-year = Jaar
kind-day = Dag
kind-week = Week
kind-rolling-year = Twaalf maanden
where-from = Waar komt dit cijfer vandaan?
where-from-title = Waar komt dit cijfer vandaan?
key-provisional = voorlopig
key-gap = geen cijfer
table = Dezelfde cijfers als tabel
period = Periode
target = Doel
status = Status
places = Gemeenten naast elkaar
municipality = Gemeente
no-figures = Er zijn hier geen cijfers.
by = Naar
bar = Balk
bars-part = { $of ->
        [one] De grafiek toont { $shown } van { $of } gemeente, rond de gekozen gemeente; de tabel toont ze alle.
       *[other] De grafiek toont { $shown } van { $of } gemeenten, rond de gekozen gemeente; de tabel toont ze alle.
    }
definition = Definitie
method = Hoe er geteld wordt
def-method = Berekening
def-unit = Eenheid
def-direction = Richting
def-owner = Eigenaar
def-reviewed = Nagekeken op
never-reviewed = nog niet
def-status = Toestand
stage-draft = Ontwerp: wordt nog geschreven en kan veranderen
stage-reviewed = Nagekeken, nog niet gepubliceerd
stage-published = Gepubliceerd
def-legal = Wettelijke basis
def-final = Definitief
def-final-after = { $days ->
        [one] { $days } dag na het einde van de periode
       *[other] { $days } dagen na het einde van de periode
    }
def-group = Kleinste groep
def-group-at = onder { $count } verborgen in wat gepubliceerd wordt
def-version = Code en versie
method-count = Telling
method-sum = Som
method-mean = Gemiddelde
method-share = Aandeel: het deel dat voldoet, gedeeld door het geheel
method-rate = Aantal per inwoners
method-quantile = Kwantiel
method-stock = Stand op de laatste dag
method-ratio = Verhouding van twee sommen
method-at = { $kind } bij { $share } (50 % is de mediaan)
territory = Grondgebied
territory-as-recorded = Zoals geregistreerd
territory-vintage = Indeling van { $date }
territory-vintage-why = Alle jaren zijn herrekend op de gemeenten van één dag. Fusies breken de reeks niet: dossiers van een opgeheven gemeente tellen bij haar opvolger.
territory-planned = Gepland: { $name }
territory-planned-why = Alle jaren zijn herrekend op gemeenten zoals een plan ze zou maken. Het plan is niet beslist; deze cijfers worden nooit gepubliceerd.
territory-torn-why = Op een oudere indeling tellen dossiers van een samengevoegde gemeente enkel mee als ze zeggen in welk deel ze liggen. Zegt een dossier dat niet, dan is het cijfer van dat deel niet van toepassing: een getal zou te klein zijn.
planned-title = Gepland grondgebied
planned-text = Dit zijn cijfers op een indeling die niet bestaat: plan { $name }, dat op { $date } zou ingaan.
territory-recorded-why = De codes staan zoals de bronnen ze toen gaven. Bij een fusie verandert het grondgebied onder een code; de lijn breekt daar en vergelijken met vorig jaar kan niet.
take-along = Meenemen
take-along-why = De CSV opent in Excel zoals u hier leest: puntkomma en decimale komma. Elk bestand zegt tot welke dag de cijfers gaan.
stable-address = Vast adres van deze pagina:
chart-trend-title = { $title }: { $name }
chart-trend = { $name } ging van { $from } in { $first } naar { $to } in { $last }; laagste { $low }, hoogste { $high }.
chart-peer = { $peer }: { $value }.
chart-target = Het doel is { $value }.
chart-gaps = { $count ->
        [one] Voor { $count } periode is er geen cijfer.
       *[other] Voor { $count } perioden is er geen cijfer.
    }
chart-provisional = De laatste perioden zijn voorlopig.
chart-break = { $on }: { $what }.
chart-nothing = Voor { $name } zijn er geen cijfers.
chart-bars-title = { $title }, gemeenten vergeleken, { $period }
chart-bars = { $count ->
        [one] { $count } gemeente, van { $first } ({ $best }) tot { $last } ({ $worst }). { $own }: { $value }.
       *[other] { $count } gemeenten, van { $first } ({ $best }) tot { $last } ({ $worst }). { $own }: { $value }.
    }
chart-bars-nothing = Geen enkele gemeente heeft hier een cijfer.
break-joined = { $name } komt erbij
break-left = gaat op in { $name }
break-recode = nieuwe code
break-table = Boven en onder zo’n lijn gaat het cijfer over een ander gebied: vergelijk ze niet.
break-enlarged = groter grondgebied
proof-title = Bewijs: { $title }
calculation = De berekening
proof-definition = Wat er gemeten wordt
proof-about = { $id }, nagekeken op { $date }, eigenaar { $owner }.
to-successor = Naar de nieuwe gemeente
to-indicator = Naar de indicator
proof-sources = Uit welke bestanden
proof-sources-why = Elk bestand is bewaard zoals het binnenkwam. De code (sha256) verandert zodra er ook maar één teken anders is.
file = Bestand
rows = Rijen
rows-of = van
rows-read = Gelezen
rows-accepted = Aanvaard
rows-warned = Met waarschuwing
rows-rejected = Afgekeurd
pulled-at = Opgehaald
complete-until = Volledig tot en met
bytes-expired = bytes van het bestand weggehaald op
not-dated = n.v.t.
reference-tables = Referentietabellen
reference-tables-why = Lijsten waar de dossiers naar verwijzen. Ze lopen niet tot een dag.
reference-population = Bevolking
reference-products = Producten
reference-regions = Gemeenten
reference-region-changes = Fusies en andere wijzigingen
reference-terms = Wettelijke termijnen
reference-targets = Doelen
proof-findings = Rijen die niet klopten
proof-findings-why = Over alle rijen van deze gemeente in de bestanden hierboven, niet alleen die achter dit cijfer.
proof-rejected = Afgekeurd: telt niet mee
proof-rejected-why = Deze rijen tellen pas mee als de bron ze verbetert.
proof-warned = Met waarschuwing: telt wel mee
proof-warned-why = Aan deze rijen is iets te zien, maar ze zijn bruikbaar en zitten in het cijfer.
proof-in-files = { $count ->
        [one] in { $count } bestand
       *[other] in { $count } bestanden
    }
check-dated = Datums
check-valued = Waarden
check-placed = Gemeenten
check-territories = Elke indeling
check-slices = Uitsplitsingen
check-finite = Mogelijke uitkomsten
fact-system = Toepassing
fact-case-id = Dossier
fact-municipality-code = Gemeente
fact-place-code = Plaats
fact-product-code = Product
fact-channel = Kanaal
fact-date = Datum
fact-value = Waarde
fact-numerator = Voldoet
fact-side = Kant
fact-from-on = Open vanaf
fact-until-on = Gesloten op
fact-side-numerator = teller
fact-side-denominator = noemer
fact-open = nog open
fact-raw = De kolommen zoals ze heten in de gegevens:
yes = ja
no = nee
proof-findings-none = Geen enkele rij van deze gemeente werd afgekeurd of kreeg een waarschuwing.
rejected = afgekeurd
warned = met waarschuwing
look = bekijk de rijen
proof-checks = Welke controles
checks-passed = { $all ->
        [one] { $passed } van { $all } controle geslaagd
       *[other] { $passed } van { $all } controles geslaagd
    }
passed = geslaagd
failed = niet geslaagd
proof-breaks = Ander grondgebied
proof-breaks-why = Op deze dagen veranderde het grondgebied. Cijfers van ervoor en erna gaan niet over hetzelfde gebied.
proof-earlier = Eerdere waarden
proof-earlier-none = Dit cijfer is nooit veranderd.
change-why = waarom?
change-title = Waarom veranderde: { $title }
change-heading = Waarom veranderde dit cijfer?
change-ends = Het cijfer vroeger en nu
change-before = Vroeger
change-after = Later
change-parts = In stappen die samen het hele verschil zijn
change-parts-why = Elke stap legt één oorzaak op de vorige en telt het cijfer opnieuw. Bij een aandeel of een mediaan hangt de grootte van een stap af van de volgorde; die is altijd deze.
change-cause = Oorzaak
change-facts = Dossiers
change-step = Verschil
change-value = Cijfer daarna
change-exact = De stappen beginnen en eindigen bij de cijfers zoals ze bewaard zijn.
change-inexact = De stappen komen niet uit bij de bewaarde cijfers: de gegevens van toen zijn er niet meer volledig.
change-json = Verklaring als JSON
cause-definition = Andere definitie
cause-what-definition = dezelfde gegevens, geteld zoals de definitie het nu zegt
cause-territory = Ander grondgebied
cause-what-territory = dezelfde dossiers, op de indeling en het inwonertal zoals ze nu bekend zijn
cause-corrected = Verbeterd in de bron
cause-what-corrected = dossiers die al bekend waren, of verdwenen zijn
cause-late = Laat binnengekomen
cause-what-late = dossiers van vóór de vorige afsluitdag die toen nog niet bekend waren
cause-new = Nieuw
cause-what-new = wat na de vorige afsluitdag gebeurde
proof-sql = De berekening, letterlijk
proof-sql-why = Zo staat de vraag aan de gegevens er. Ze geeft één rij per dossier dat meetelt; daarna wordt geteld en gedeeld.
view = Tussenstap
tables-read = Gelezen tabellen:
proof-facts = De dossiers erachter
proof-facts-why = Achter dit cijfer staan
proof-run = Wanneer berekend
run = Berekening
batch = Batch
run-batch = berekening { $run }, batch { $batch }
program = Programma
definitions-hash = Definities (sha256)
proof-verify = Zelf nagaan
proof-verify-why = Dit rekent het cijfer opnieuw uit in het pakhuis en zegt of het gelijk is, en zo niet waarom.
proof-json = Bewijs als JSON
none = geen
unknown = onbekend
quality-title = Gegevenskwaliteit
quality-lead = Wat er binnenkwam, tot wanneer het volledig is, en welke rijen niet klopten. Afgekeurde rijen blijven bewaard en tellen mee zodra de bron ze verbetert.
quality-none = Er is nog niets binnengekomen.
sources = Bronnen
source = Bron
last-delivery = Laatste levering
deliveries = Leveringen
nothing-rejected = niets afgekeurd
by-rule = Afkeuringen en waarschuwingen per regel
by-rule-none = Elke rij voldeed aan alle regels.
rule = Regel
outcome = Gevolg
rule-type = Verkeerd soort waarde
rule-required = Verplichte waarde ontbreekt
rule-codes = Waarde staat niet in de lijst
rule-lookup = Code bestaat niet
rule-merger = Herlevering na een fusie
rule-moved = Naar een andere gemeente gegaan
rule-range = Waarde buiten de grenzen
rule-key = Sleutel ontbreekt of komt dubbel voor
rule-shape = Rij heeft niet de juiste vorm
rule-placeholder = Opvulwaarde in plaats van een gegeven
rule-pattern = Tekst heeft niet de afgesproken vorm
rule-derived = Datum en tijdstip verschillen
rule-volume = Ongewoon aantal rijen
rule-repeated = Al eerder geleverd
rule-constant = Overal dezelfde waarde
rule-emptied = Kolom leeggelopen
rule-freshness = Niet recent
odd = Opvallend aan leveringen
odd-why = geen enkele rij is hierom afgekeurd; kijk dit na voor u een cijfer gebruikt
doubt = Kijk dit na voor u dit cijfer gebruikt
standing = Controles over alle gegevens
standing-why = gesteld bij de laatste berekening; wat rijen vindt, staat ook in het bewijs van elk geraakt cijfer
touches = Geraakte indicatoren:
in-municipalities = { $count ->
        [one] in { $count } gemeente
       *[other] in { $count } gemeenten
    }
profile = Profiel
profile-why = van de aanvaarde rijen
profile-json = Profiel als JSON
profile-size = { $rows ->
        [one] { $rows } rij
       *[other] { $rows } rijen
    } · { $columns ->
        [one] { $columns } kolom met waarden
       *[other] { $columns } kolommen met waarden
    }
filled = Ingevuld
different = Verschillende
range = Van – tot
commonest = Vaakst
personal-counted = gaat over personen: alleen geteld
always-empty = In geen enkele rij ingevuld:
severity-reject = afgekeurd
severity-warn = waarschuwing
findings = Rijen die niet klopten
findings-lead = Rij per rij wat er mis is, om door te geven aan de leverancier.
findings-none = Geen rijen voor deze keuze.
all-rules = Alle regels
csv-for-supplier = CSV voor de leverancier
line = Regel in bestand
column = Kolom
reason = Wat er mis is
raw = De rij zoals ze kwam
data-lead = Gepubliceerde reeksen op adressen die niet veranderen. Een uitgave wordt nooit aangepast; een verbetering is een nieuwe uitgave.
data-none = Er is nog niets gepubliceerd.
release = Uitgave
release-rows = { $rows }, waarvan { $hidden } verborgen (groepen onder { $group })
span = Periode
licence = Licentie
publisher = Uitgever
stable-newest = Altijd de nieuwste
older = Eerdere uitgaven
about-title = Hoe u deze cijfers leest
about-lead = MijnBeleidsinfo maakt van dossiers en registers cijfers waarop u kunt sturen, en kan elk cijfer bewijzen.
about-states = Wat er kan staan
about-states-why = Een leeg vak bestaat hier niet: elk cijfer zegt in woorden hoe het ermee staat.
about-value = Een gemeten waarde. Klik erop voor het bewijs.
about-zero = Gemeten, en er was er geen.
about-provisional = Er kunnen nog dossiers bijkomen. In grafieken gestippeld, met een open punt. Na de termijn in de definitie wordt het cijfer definitief.
about-revised = Het cijfer was definitief en is daarna toch veranderd. Het bewijs zegt waarom.
about-marks = Wat de woorden en tekens zeggen
about-course = Tegenover dezelfde periode vorig jaar, op hetzelfde grondgebied. Wat geen richting heeft, heet gestegen of gedaald en krijgt geen kleur.
about-days = Dagen en perioden
about-days-text = Wettelijke termijnen tellen kalenderdagen; elke definitie zegt welke dagen ze telt. Doorlooptijden horen bij de periode van de beslissing, aantallen bij de periode van indiening, een stand bij de laatste dag. Een dossier dat over zijn termijn open staat, telt nu als te laat.
about-proof = Bewijs
about-proof-text = Elk cijfer heeft een adres, en dat adres opent zijn bewijs: de definitie, de bestanden met hun controlegetal, de afgekeurde rijen, de controles, eerdere waarden en waarom ze veranderden.
about-as-of = Terugkijken
about-as-of-text = Met “Stand op” ziet u de cijfers zoals ze op een dag of bij een batch stonden, met de definities en doelen van toen. Een balk bovenaan zegt dat u terugkijkt.
closed-title = Hier staat alleen wat gepubliceerd is
closed-lead = Deze server is bereikbaar van buiten de machine en heeft nog geen aanmelding. Daarom toont hij alleen open data.
closed-why = Borden, indicatoren, bewijzen en gegevenskwaliteit zijn er voor wie ze mag zien. Tot er accounts zijn, staan ze alleen open op de machine zelf (het adres 127.0.0.1).
empty-title = Nog geen cijfers
empty-lead = Er is nog niets berekend. Haal de bronnen op, sla ze op en bereken de cijfers:
empty-why = Wilt u eerst zien hoe het eruitziet? Met “beleidsinfo demo” loopt alles op verzonnen gegevens.
trouble = Deze pagina is er niet
trouble-title-question = Deze vraag klopt niet
trouble-title-refused = Dit is niet voor u
trouble-title-broken = Even geen pagina
trouble-title-before = Zo ver gaan de cijfers niet terug
to-home = Naar het overzicht
trouble-page = Op dit adres staat niets: { $what }
trouble-closed = Deze server toont alleen wat gepubliceerd is, tot er accounts zijn.
trouble-indicator = Er is geen indicator met de code { $what }.
trouble-board = Er is geen bord met de naam { $what }.
trouble-region = Voor gemeente { $what } zijn er geen cijfers op dit grondgebied.
trouble-territory = Grondgebied { $what } is hier niet berekend.
trouble-period = { $what } is geen periode.
trouble-kind = Deze indicator wordt niet berekend per { $what }.
trouble-slice = De uitsplitsing { $what } is er niet.
trouble-as-of = { $what } is geen dag en geen batch.
first-run = { $at } (batch { $batch })
trouble-nothing-then = De eerste berekening is van { $what }. Van ervoor zijn er geen cijfers.
trouble-run = Berekening { $what } is er niet.
trouble-address = Dit is geen adres van een cijfer: { $what }
trouble-change = Het cijfer { $what } is nooit veranderd, dus valt er niets te verklaren.
trouble-figure = Het cijfer { $what } is er niet.
trouble-delivery = De levering { $what } is er niet.
trouble-dataset = De dataset { $what } is niet gepubliceerd.
trouble-release-file = Het bestand { $what } is niet gepubliceerd.
trouble-input = Deze vraag klopt niet.
trouble-not-found = Wat u vraagt, is er niet.
trouble-refused = Dit mag u niet zien.
trouble-busy = Het pakhuis is even bezet. Probeer het zo dadelijk opnieuw.
trouble-storage = De gegevens konden niet gelezen worden. De beheerder vindt de oorzaak in het logboek.
hint-period = Schrijf een jaar (2025), een kwartaal (2025-Q4) of een maand (2025-12).
hint-nothing-then = “Stand op” kijkt naar het ogenblik waarop iets berekend werd, niet naar de periode waarover het gaat. Wilt u een vroegere periode zien, kies ze dan bij “Periode”.
hint-as-of = Schrijf een dag (2025-07-01) of het nummer van een batch (418).
hint-region = Na een fusie heeft de gemeente een andere code. Kies ze uit de lijst op het overzicht.
hint-territory = Kies een grondgebied uit de lijst op de pagina van de indicator.
hint-address = Een adres is indicator/versie/periode/grondgebied/gemeente, zoals ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041.
csv-indicator = indicator
csv-version = versie
csv-period = periode
csv-region-code = gemeentecode
csv-region = gemeente
csv-territory = grondgebied
csv-slice = uitsplitsing
csv-value = waarde
csv-unit = eenheid
csv-state = toestand
csv-n = aantal
csv-status = status
csv-completeness = volledigheid
csv-target-lower = doel, ondergrens
csv-target-upper = doel, bovengrens
csv-peer = vergelijking
csv-cutoff = cijfers_tot_en_met
csv-origin = herkomst
csv-severity = gevolg
csv-line = regel_in_bestand
csv-record = rij
csv-table = tabel
csv-column = kolom
csv-rule = regel
csv-reason = wat_er_mis_is
csv-raw = rij_zoals_ze_kwam
state-value = waarde
state-zero = nul
sources-lead = Waar gegevens vandaan komen, wanneer ze het laatst opgehaald zijn, wat ervan kwam en wanneer het weer gebeurt.
sources-none = Er zijn nog geen bronnen. Beschrijf er een in de map sources.
last-attempt = Laatste poging
next-fetch = Wordt opgehaald
schedule = Schema
by-hand = met de hand
never-tried = nog nooit
deliveries-none = Er is nog niets van deze bron opgeslagen.
attempts = Pogingen
attempts-more = Oudere pogingen staan in de map attempts van het warehouse.
when = Wanneer
what = Wat
why = Waarom
verb-pull = ophalen
verb-store = opslaan
trigger-hand = met de hand
trigger-schedule = volgens schema
trigger-catch-up = ingehaald
trigger-retry = opnieuw geprobeerd
attempt-done = gelukt
attempt-some-rejected = gelukt, met afgekeurde rijen
attempt-nothing-new = niets nieuws
attempt-failed = mislukt
attempt-stopped = gestopt
attempt-landed = nieuwe bestanden: { $files }
attempt-stored = { $accepted } aanvaard, { $rejected } afgekeurd
all-sources = Alle bronnen: laatste poging, gevolg en volgende keer
trouble-source = De bron { $what } is er niet.
page-at = blz. { $page }
page-before = vorige
page-after = volgende
pages = Bladzijden
all-outcomes = Alles
held = tegengehouden
held-title = Tegengehouden leveringen
held-lead = Er klopt te veel niet aan dit bestand. Niets ervan telt mee, wat er stond blijft staan, en latere bestanden van deze bron wachten tot iemand de koppeling of het bestand verbetert, of het bewust doorlaat.
let-through = bewust doorgelaten
rejected-trend = Deel afgekeurd per levering
rejected-trend-text = { $count ->
        [one] { $count } levering, van { $first } naar { $last } afgekeurd.
       *[other] { $count } leveringen, van { $first } naar { $last } afgekeurd.
    }
rows-standing = Staat nog
rows-replayed = Alsnog aanvaard
accepted-in = alsnog aanvaard in batch { $batch }
csv-replayed = alsnog aanvaard in batch
proof-replays = Opnieuw ingelezen
proof-replays-why = Rijen van deze gemeente die eerst werden afgekeurd en bij een latere lezing van hetzelfde bestand wel zijn aanvaard.
proof-replay = { $records ->
        [one] { $records } afgekeurd record van { $file } (batch { $rejected }) werd aanvaard in batch { $accepted }, nadat de koppeling veranderde van { $before } naar { $after }; van { $unplaced } was de gemeente eerst niet leesbaar.
       *[other] { $records } afgekeurde records van { $file } (batch { $rejected }) werden aanvaard in batch { $accepted }, nadat de koppeling veranderde van { $before } naar { $after }; van { $unplaced } was de gemeente eerst niet leesbaar.
    }
proof-replay-let-through = { $records ->
        [one] { $records } afgekeurd record van { $file } (batch { $rejected }) werd aanvaard in batch { $accepted }, bewust doorgelaten; van { $unplaced } was de gemeente eerst niet leesbaar.
       *[other] { $records } afgekeurde records van { $file } (batch { $rejected }) werden aanvaard in batch { $accepted }, bewust doorgelaten; van { $unplaced } was de gemeente eerst niet leesbaar.
    }
lineage = Waar komt dit vandaan
lineage-why = van bron tot cijfer, kolom voor kolom, zoals de rekenmotor de definitie leest
lineage-key = Een pijl zegt in welk gegeven van de feiten een kolom terechtkomt. Filtert: de kolom bepaalt welke rijen meetellen.
lineage-ground = Om feiten op een grondgebied te plaatsen, leest de berekening ook
lineage-filters = filtert
lineage-filter = Filtert
lineage-only-filters = enkel om te filteren
lineage-into = Komt terecht in
lineage-view = tussenstap
lineage-denominator = om door te delen
lineage-files = bestanden: { $count }
lineage-until = tot { $date }
lineage-table = Elke kolom, als tabel
lineage-text = { $title } leest deze tabellen: { $tables }. Ze worden gevuld door deze bronnen: { $sources }. De tabellen hieronder zeggen hetzelfde.
lineage-no-sources = Geen enkele bron vult deze tabellen al.
lineage-json = Herkomst als JSON
fills = Vult
reads = Leest
files = Bestanden
last-file = Laatste bestand
rests = Cijfers die op dit bestand rusten
rests-why = die anders zouden zijn zonder zijn rijen
rests-held = Geen: dit bestand is tegengehouden.
rests-not-computed = Nog geen: sinds dit bestand opgeslagen is, zijn de cijfers niet opnieuw berekend.
rests-none = Geen enkele indicator leest wat dit bestand vult.
rests-rows = Rijen die nog staan zoals dit bestand ze gaf:
rests-count = Tel de cijfers per gemeente
rests-count-why = Dit rekent ze opnieuw uit zonder dit bestand, en kan even duren.
indicator = Indicator
municipalities = Gemeenten
in-one-municipality = in 1 gemeente
lineage-rows = Naast elk bestand staan zijn rijen van dit grondgebied.
lineage-more-files = { $count ->
        [one] en nog { $count } bestand
       *[other] en nog { $count } bestanden
    }
origin = Van bestand tot cijfer
origin-proof = Het bewijs van dit cijfer
origin-went-up = Op dit grondgebied tellen ook de rijen van de gemeenten die erin opgingen:
origin-files = Bestanden met rijen van dit grondgebied
origin-files-why = Wat stond toen dit cijfer berekend werd, ook rijen die de definitie daarna weglaat. Een bestand waarvan elke rij door een later bestand vervangen is, staat hier niet.
origin-no-files = Geen enkel bestand gaf rijen van dit grondgebied.
origin-rows = Rijen van hier
proof-lineage = Als tekening, met enkel de bestanden die rijen van dit grondgebied gaven
rests-unmoved = Lezen ook wat dit bestand vult, maar geen enkel cijfer zou anders zijn:

# definition: what became of a definition
life-title = Wijzigingen van de definitie: { $title }
life-heading = Wijzigingen van deze definitie
life-lead = Elke versie staat voor één betekenis. Verandert wat geteld wordt, dan krijgt de definitie een nieuw eerste nummer en begint een nieuwe reeks: leg die niet naast de vorige.
life-version = Versie
life-since = sinds { $at }, run { $run }
life-figures = Cijfers zoals toen getoond
life-before = Voorheen
life-after = Nu
life-nothing = niets
life-json = Wijzigingen als JSON
life-link = Wijzigingen van deze definitie
life-break = Breuk: versie { $version } telt anders dan versie { $earlier }. Alle periodes hier zijn volgens versie { $version } geteld. In de tabel staan de laatste cijfers van versie { $earlier } ernaast, om het verschil te zien en niet om ze samen te lezen.
life-column = versie { $earlier }
stage-short-draft = Ontwerp
stage-short-reviewed = Nagekeken
stage-short-published = Gepubliceerd
stage-notice-draft = Ontwerp: deze definitie wordt nog geschreven. Het cijfer kan veranderen en wordt niet gepubliceerd.
stage-notice-reviewed = Nagekeken, maar nog niet gepubliceerd: dit cijfer blijft binnen.
asks-major = Andere betekenis.
asks-minor = Aanvulling.
asks-patch = Tekst of schrijfwijze.
asks-none = Geen ander cijfer.
asks-first = Eerste keer berekend.
asks-why-major = De cijfers zijn niet te vergelijken met die van de versie ervoor.
asks-why-minor = Er kwam iets bij; wat er was, bleef.
asks-why-patch = De woorden veranderden; wat geteld wordt niet.
asks-why-none = Alleen wie verantwoordelijk is, wanneer het nagekeken werd, hoever het staat of wat ernaast staat.
asks-why-first = Zo begon dit cijfer.
field-kind = Berekening
field-quantile = Kwantiel
field-denominator = Noemer
field-per = Per hoeveel
field-unit = Eenheid
field-direction = Richting
field-legal-term = Wettelijke termijn
field-final-after = Definitief na
field-minimum-group = Kleinste groep
field-decimals = Decimalen
field-theme = Thema
field-owner = Eigenaar
field-reviewed-on = Nagekeken op
field-status = Toestand
field-slices = Uitsplitsingen
field-periods = Periodes
field-title-nl = Titel
field-title-en = Titel (Engels)
field-question-nl = Vraag
field-question-en = Vraag (Engels)
field-definition-nl = Definitie
field-definition-en = Definitie (Engels)
field-counted-nl = Wat geteld wordt
field-counted-en = Wat geteld wordt (Engels)
field-legal-nl = Wettelijke basis
field-legal-en = Wettelijke basis (Engels)
field-facts-sql = De feiten (facts.sql)
field-view = De tussenstap { $file }
field-term = De termijn { $term }
survival-label = met wat nog openstaat meegeteld
survival-unknown = Nog niet gekend
survival-why = Het cijfer hierboven gaat over wat in { $period } klaar kwam, en zegt niets over wat nog wacht. Dit gaat over de { $counted } van { $period }: daarvan staat { $share } nog open, en dat telt mee als: duurt minstens zo lang (schatting van Kaplan en Meier).
field-survival = Cijfer met wat nog openstaat
life-total = alles samen

by-theme = Thema
by-source = Bron
by-law = Wettelijke basis
by-owner = Eigenaar
by-review = Nazicht
catalogue-by = Verdeeld naar
catalogue-search = Zoek een indicator
catalogue-search-hint = termijn, klachten, decreet …
catalogue-search-go = Zoek
catalogue-json = Catalogus als JSON
catalogue-count = { $all ->
        [one] { $found } van { $all } indicator
       *[other] { $found } van { $all } indicatoren
    }
catalogue-nothing = Geen indicator heeft al die woorden in zijn titel, vraag, definitie, wettelijke basis of eigenaar.
catalogue-figures = Cijfers van { $from } tot { $until } · gebieden: { $regions }
catalogue-none = Nog geen cijfers
catalogue-waits = Wacht op een bron voor { $tables }
catalogue-no-source = Nog geen bron
catalogue-no-law = Zonder wettelijke basis: eigen norm of ter duiding
catalogue-overdue = Nazicht over tijd
catalogue-unreviewed = Nog niet nagekeken
catalogue-reviewed = Nazicht bij
catalogue-overdue-count = Indicatoren waarvan het nazicht over tijd is: { $count }
catalogue-overdue-show = Toon welke
catalogue-periods = Periodes
catalogue-slices = Uitsplitsingen
catalogue-tables = Tabellen
catalogue-sources = Bronnen hier
catalogue-state = Cijfers
review-overdue = Nazicht over tijd: laatst nagekeken op { $date }
methodology = Methodologie
methodology-made = { $count ->
        [one] Pakket { $name } { $version }: { $count } indicator, zoals berekend in run { $run } op { $at } · vingerafdruk van de definities: { $hash }
       *[other] Pakket { $name } { $version }: { $count } indicatoren, zoals berekend in run { $run } op { $at } · vingerafdruk van de definities: { $hash }
    }
methodology-rules = Wat voor alle cijfers geldt
contents = Inhoud
term = Termijn
term-calendar = { $days ->
        [one] { $days } kalenderdag
       *[other] { $days } kalenderdagen
    }
term-calendar-more = { $days ->
        [one] { $days } kalenderdag, te verlengen met { $more }
       *[other] { $days } kalenderdagen, te verlengen met { $more }
    }
term-working = { $days ->
        [one] { $days } werkdag
       *[other] { $days } werkdagen
    }
term-working-more = { $days ->
        [one] { $days } werkdag, te verlengen met { $more }
       *[other] { $days } werkdagen, te verlengen met { $more }
    }
term-since = sinds { $date }
principle-days = Dagen
principle-days-text = De dag na het begin is dag 1. Kalenderdagen, tenzij de definitie werkdagen zegt: maandag tot vrijdag zonder de Belgische feestdagen. Een tijdstip telt op zijn dag in België.
principle-periods = Periodes
principle-periods-text = Wat afgehandeld werd, hoort bij de dag van de beslissing of levering; wat binnenkwam bij de dag van ontvangst; een stand bij de laatste dag. Een cijfer is voorlopig tot zoveel dagen na het einde van de periode als de definitie zegt.
principle-quantiles = Medianen en andere kwantielen
principle-quantiles-text = Rechtlijnig tussen de twee buren (type 7), over alle feiten van de periode en het grondgebied: medianen worden nooit opgeteld en verhoudingen nooit gemiddeld. Teller en noemer zijn exact; er wordt één keer gedeeld, op het einde.
principle-terms = Termijnen
principle-terms-text = De termijn die gold op de dag van het dossier, met verlenging en schorsing. Wat over zijn uiterste datum nog openstaat, telt meteen als te laat.
principle-states = Geen cijfer is ook een antwoord
principle-states-text = Nul betekent gemeten en er was niets. Geen gegevens betekent dat er iets zou moeten zijn en niets kwam. Niet van toepassing betekent dat er niets te delen is, of dat het grondgebied niet gesplitst kan worden. Verborgen komt alleen voor in wat gepubliceerd wordt.
principle-territory = Grondgebied
principle-territory-text = Elk cijfer noemt de indeling waarop het staat. Na een fusie worden feiten van de vroegere gemeenten bij de nieuwe geteld; terug splitsen kan alleen waar de plaats bekend is. De bevolking is die van 1 januari op hetzelfde grondgebied.
principle-gate = Kleine aantallen
principle-gate-text = Binnen wordt niets verborgen of afgerond. Wat gepubliceerd wordt, gaat eerst door één poort die kleine groepen verbergt, ook waar ze uit totalen af te leiden zijn.
home-more = { $count ->
        [one] Nog { $count } indicator
       *[other] Nog { $count } indicatoren
    }

# compare: what a figure is held against
about-compare-text = U kiest zelf waarmee een cijfer vergeleken wordt, en met meer dan één tegelijk. Niet vergeleken wordt wat over een ander gebied gaat, met een andere definitie geteld is of voor minder dan 90 % volledig is; er staat dan waarom. Naast het cijfer staat het ook in woorden, gemaakt uit dezelfde getallen.
about-groups = Vergelijkingsgroepen
about-groups-text = Een groep is een lijst van gemeenten die uw organisatie zelf meebracht, met een versie en een geldigheid. Het getal is de mediaan van de andere leden op de laatste dag van de periode. Hebben niet alle leden een cijfer, dan staat erbij hoeveel wel. Gemengd: een gefuseerde gemeente waarvan de delen in verschillende groepen zaten.
compare-target = Doel
compare-previous = Vorige periode
compare-year = Zelfde periode vorig jaar
compare-rolling = Laatste 12 maanden
compare-province = Provincie
compare-region = Gewest
compare-nothing = Niets
compare-place = Eén gemeente
compare-no-place = geen
compare-rule = Niet vergeleken wordt wat over een ander gebied gaat of met een andere definitie geteld is, of wat voor minder dan 90 % volledig is.
compare-group = Mediaan { $name }
compare-not-yet = Vergelijken
compare-counted = { $there } van de { $all }
compare-counted-without = { $all ->
        [one] { $there } van { $all } gemeente, zonder { $names }
       *[other] { $there } van de { $all } gemeenten, zonder { $names }
    }
compare-mixed = { $count } gemengd
compare-mixed-names = gemengd: { $names }
compare-version = volgens versie { $version }
compare-why-no-figure = geen cijfer
compare-why-other-ground = ander grondgebied
compare-why-other-definition = andere definitie (versie { $version })
compare-why-other-meaning = beslist voor versie { $major } van de definitie, die anders telt
compare-why-incomplete = nog maar { $share } volledig
compare-why-own-incomplete = nog niet: dit cijfer is maar { $share } volledig
compare-why-part = { $all ->
        [one] { $there } van { $all } gemeente met een cijfer
       *[other] { $there } van de { $all } gemeenten met een cijfer
    }
compare-why-not-here = niet op dit grondgebied
compare-why-not-then = bestond toen niet
compare-why-no-group = geen groep voor deze gemeente
compare-why-not-rolling = niet per 12 maanden berekend
compare-why-not-alike = enkel voor een gemeente

# elsewhere: figures of other installations
elsewhere = Van een andere installatie
elsewhere-why = Deze gemeente telt zelf, in haar eigen installatie. Het cijfer is wat zij publiceerde: het staat hier naast het eigen cijfer en wordt er nooit mee opgeteld.
elsewhere-place = { $name } (andere installatie)
elsewhere-figure = cijfer van een andere installatie, { $what }
elsewhere-same = zelfde gecertificeerde definitie
elsewhere-other-version = andere versie van de definitie ({ $version })
elsewhere-not-certified = niet gecertificeerd: { $why }
elsewhere-not-certified-short = niet gecertificeerd
elsewhere-lacks-unproven = haar rekenproef klopt daar niet of ontbreekt
elsewhere-lacks-unfed = niet alle tabellen zijn daar gevuld
elsewhere-lacks-other = haar rapport gaat over een andere definitie
elsewhere-lacks-absent = haar rapport kent deze indicator niet
elsewhere-other-unit = andere eenheid
elsewhere-not-shown = niet vergeleken
elsewhere-provisional = voorlopig; hoe volledig, is hier niet bekend
elsewhere-among = { $count } van een andere installatie
elsewhere-among-names = van een andere installatie, zelfde gecertificeerde definitie: { $names }
elsewhere-rests = waarop het rust
elsewhere-report = Conformiteitsrapport
elsewhere-report-by = van { $organisation }, gemaakt op { $date }
elsewhere-signed = Ondertekend met sleutel
elsewhere-file = SHA-256 van het bestand
elsewhere-definition = Definitie
elsewhere-synthetic = Ook dit cijfer is verzonnen.
compare-why-other-unit = andere eenheid ({ $unit })
compare-why-twice = meer dan één installatie publiceert dit cijfer: { $names }

# sentence: a figure said from its numbers
reading-aid = In woorden
say-head = { $title }, { $period }
say-rose = gestegen van { $before } ({ $earlier })
say-fell = gedaald van { $before } ({ $earlier })
say-higher = { $change } hoger dan { $before } ({ $earlier })
say-lower = { $change } lager dan { $before } ({ $earlier })
say-more = { $change } meer dan { $before } ({ $earlier })
say-less = { $change } minder dan { $before } ({ $earlier })
say-equal = onveranderd tegenover { $earlier }
say-better = beter
say-worse = slechter
say-streak = voor { $steps } { $kind } op rij slechter
say-not = niet vergeleken met { $earlier }: { $why }
say-others = mediaan van de andere gemeenten { $value }
say-group = { $name } { $value }
say-named = { $name } { $value }
say-over = { $value } over { $name }
say-target = doel { $value }
say-provisional = Dit cijfer is voorlopig; hoe volledig het is, is niet bekend.
say-provisional-part = Dit cijfer is voorlopig en voor { $share } volledig.
say-too-few = Dit cijfer is voorlopig en maar voor { $share } volledig: te weinig om te vergelijken.
trouble-group = De vergelijkingsgroep { $what } is er niet.

targets-lead = Wat de gemeente besliste te halen: alle doelen in de tijd, met het besluit, wie ervoor instaat, hoe het stond toen de geldigheid afliep en hoe het nu staat.
targets-of = Doelen
targets-link = Alle doelen en hun besluiten
targets-all-link = Naar alle doelen
targets-none = Er zijn hier nog geen doelen bepaald. Lees ze in uit een formulier of een CSV, met het besluit waarop ze rusten.
targets-json = Deze doelen als JSON
targets-rule = Wanneer is iets op schema?
targets-rule-lead = Eén regel oordeelt over elk cijfer. Waar een doel een band is, tellen beide grenzen.
targets-rule-on = Het cijfer ligt binnen het doel, en blijft dat over een jaar als het verder gaat zoals sinds dezelfde periode vorig jaar.
targets-rule-risk = Het cijfer ligt voorbij de grens maar binnen de tolerantie van het besluit. Of het ligt binnen het doel, maar gaat in het tempo sinds dezelfde periode vorig jaar binnen een jaar voorbij de grens.
targets-rule-off = Het cijfer ligt voorbij de grens, en verder dan de tolerantie.
targets-rule-open = Er volgt geen oordeel over een voorlopige periode die voor minder dan { $enough } volledig is of nog loopt, bij een indicator zonder richting als het doel geen band is, en waar het grondgebied een ander is dan waarvoor het doel werd bepaald.
targets-rule-open-label = Geen oordeel
targets-rule-several = Gelden er twee doelen tegelijk, dan telt wat het laatst beslist is. Een doel hoort bij een periode als het op de laatste dag ervan geldt.
aim-now = Geldt nu
aim-past = Afgelopen
aim-coming = Begint later
aim-since = sinds { $from }
aim-window = { $from } tot en met { $until }
aim-coming-from = vanaf { $from }
aim-per = per { $kind }
aim-tolerance = tolerantie { $tolerance }
aim-no-tolerance = geen tolerantie
aim-own-direction = eigen richting: { $direction }
aim-valid = Geldigheid
aim-decision = Besluit
aim-decided = van { $date }
aim-responsible = Verantwoordelijk
aim-organisation = KBO { $kbo }
aim-stands = Stand
aim-stood = Bij afloop, { $period }
aim-stands-now = Nu, { $period }
aim-no-figure = geen cijfer
aim-late = Het besluit viel op { $decided }, na de eerste dag waarop het doel geldt ({ $from }).
aim-gone = { $name } bestaat sinds { $date } niet meer; het doel loopt door.
aim-overlap = Geldt tegelijk met doel { $other } (beslist { $date }). Wat het laatst beslist is, telt.
aim-loose = Rust op niets
