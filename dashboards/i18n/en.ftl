# English texts of the pages. The same keys stand in nl.ftl; a test holds them to it.
skip = Skip to the content
menu = Main menu
nav-home = Overview
nav-boards = Boards
nav-indicators = Indicators
nav-targets = Targets
nav-quality = Data quality
nav-data = Open data
nav-about = How to read this
synthetic-title = Demo data.
synthetic-text = Cases, registers and statistics are invented; municipalities, codes and numbers of residents are real.
synthetic-short = Demo data: the data are invented
cutoff = Figures up to and including { $date }
cutoff-label = Figures up to and including
as-of-title = You are looking back.
as-of-banner = These are the figures, definitions and targets as they stood at batch { $batch } ({ $at }).
as-of-now = Back to today
as-of-placeholder = today
choose = Choose what you see
choose-region = Municipality
choose-period = Period
choose-compare = Compare with
choose-territory = Territory
choose-as-of = As of
show = Show
all-municipalities = All municipalities
compare-others = Median of others
home-lead = What needs attention now, and where do we stand? Every figure opens its own proof.
attention = Needs attention
attention-none = Nothing needs attention now: no target is off track, and none is at risk while getting worse.
attention-no-targets = No targets are set here yet. Read them from a form or a CSV and what needs attention shows here.
attention-rule = What stands here follows one rule: first targets that are off track and worse than in the same period last year, then others off track, then what is at risk and getting worse. The last whole period is compared.
attention-more = And { $count } more.
attention-also = Also in { $names }.
attention-also-more = { $count ->
        [one] Also in { $names } and { $count } other.
       *[other] Also in { $names } and { $count } others.
    }
chart-strip = { $count ->
        [one] { $count } municipality, from { $low } to { $high }; median { $median }.
       *[other] { $count } municipalities, from { $low } to { $high }; median { $median }.
    }
strip-legend = Each dot is a municipality, the bar the median, the dashes the common target.
ordinal-2 = second
ordinal-3 = third
ordinal-4 = fourth
ordinal-5 = fifth
ordinal-6 = sixth
ordinal-7 = seventh
ordinal-8 = eighth
ordinal-9 = ninth
ordinal-10 = tenth
ordinal-11 = eleventh
ordinal-12 = twelfth
period-month = month
period-quarter = quarter
period-year = year
period-day = day
period-week = week
period-rolling-year = twelve months
themes = Themes
board = Board
figures = Figures
median-of = { $count ->
        [one] median of { $count } municipality
       *[other] median of { $count } municipalities
    }
targets-reached = { $reached } of { $set } on track
open-proof = Show where this figure comes from
course-better = Better
course-worse = Worse
course-equal = Same as last year
course-rose = Rose
course-fell = Fell
standing-on-track = On track
standing-at-risk = At risk
standing-off-track = Off track
standing-open-ground = Not judged: other territory
standing-open-early = Not judged: too incomplete yet
standing-open-direction = Not judged: no direction
standing-open-bound = Not judged: no bound
standing-below = below
standing-above = above
standing-why-within = Within the target, and it stays so if it goes on as it has since the same period last year.
standing-why-within-alone = Within the target. There is no comparable figure of last year, so nothing can be said about the pace.
standing-why-pace = Within the target. If it goes on as it has since the same period last year, it is { $then } in a year: { $side } the bound of { $bound }.
standing-why-tolerated = The figure is { $side } the bound of { $bound }, but within the tolerance of { $tolerance }.
standing-why-beyond = The figure is { $side } the bound of { $bound }, and further than the tolerance of { $tolerance }.
standing-why-beyond-none = The figure is { $side } the bound of { $bound }; the decision leaves no tolerance.
standing-why-ground = The target was set for the territory as it was on { $date }. This figure is about another territory.
standing-why-early = The period is provisional and { $share } complete. Below { $enough } it is not judged.
standing-why-running = The period is still running, and how complete it is, is not known.
standing-why-direction = Neither higher nor lower is better here, and the target is no band: there is nothing to judge.
standing-why-bound = The target has no lower and no upper bound.
target-decided = Target, decided { $date }
target-short = target
target-none = none set
target-band = { $lower } to { $upper }
target-lower = at least { $bound }
target-upper = at most { $bound }
peer-median = median
peer-median-long = Median of others
peer-median-column = Median of others
other-ground = other territory
tile-absent = This board names an indicator that does not exist:
tile-legend = Better and worse: against the same period last year. Dotted with an open point: still provisional. Dashes: the target. Click a figure for its proof.
state-missing = no data
state-not-applicable = not applicable
state-suppressed = hidden
state-note-missing = There should be a figure, but the data is not there. That is not a zero.
state-note-not-applicable = There is nothing to measure: nothing to divide by, or ground that cannot be split.
state-note-torn = Cannot be split: since { $date } this area is part of { $name }, and not every case from there says in which part it lies. A number would be too small.
state-note-torn-grown = Cannot be split: on { $date } the territory of { $name } grew, and not every case since says in which part it lies. A number would be too small.
state-note-part = { $all ->
        [one] { $there } of { $all } municipality in it have a figure. A sum over a part of them would be too small.
       *[other] { $there } of the { $all } municipalities in it have a figure. A sum over a part of them would be too small.
    }
state-note-gone = This municipality no longer exists: on { $date } it became part of { $name }.
state-note-unborn = This municipality did not exist yet.
state-note-suppressed = Not shown because it is about too few cases. Only in what is published.
status-provisional = provisional
status-final = final
status-revised = revised
complete-share = { $share } complete
complete-unknown = completeness unknown
on-day = on { $date }
unit-percent = %
unit-days = { $count ->
        [one] day
       *[other] days
    }
unit-hours = { $count ->
        [one] hour
       *[other] hours
    }
unit-months = { $count ->
        [one] month
       *[other] months
    }
unit-eur-rate = euros per resident
unit-eur = { $count ->
        [one] euro
       *[other] euros
    }
unit-per-1000 = per 1,000 residents
unit-ratio = ratio
unit-count = number
unit-points = percentage points
direction-higher = Higher is better
direction-lower = Lower is better
direction-neutral = No direction, for context
indicators-lead = All that is measured. Behind each title: the trend, the municipalities side by side, the definition and the files.
indicators-none = No indicators have been defined yet.
slice-now = Only:
slice-whole = Show the whole
kinds = By month, quarter or year
kind-month = Month
kind-quarter = Quarter
kind-year = Year
kind-day = Day
kind-week = Week
kind-rolling-year = Twelve months
where-from = Where does this figure come from?
where-from-title = Where does this figure come from?
key-provisional = provisional
key-gap = no figure
table = The same figures as a table
period = Period
target = Target
status = Status
places = Municipalities side by side
municipality = Municipality
no-figures = There are no figures here.
by = By
bar = Bar
bars-part = { $of ->
        [one] The chart shows { $shown } of { $of } municipality, around the chosen one; the table shows all.
       *[other] The chart shows { $shown } of { $of } municipalities, around the chosen one; the table shows all.
    }
definition = Definition
method = How it is counted
def-method = Method
def-unit = Unit
def-direction = Direction
def-owner = Owner
def-reviewed = Reviewed on
never-reviewed = not yet
def-status = Status
stage-draft = Draft: still being written, and may change
stage-reviewed = Reviewed, not published yet
stage-published = Published
def-legal = Legal basis
def-final = Final
def-final-after = { $days ->
        [one] { $day } days after the end of the period
       *[other] { $days } days after the end of the period
    }
def-group = Smallest group
def-group-at = below { $count } hidden in what is published
def-version = Code and version
method-count = Count
method-sum = Sum
method-mean = Mean
method-share = Share: the part that meets it, divided by the whole
method-rate = Number per inhabitants
method-quantile = Quantile
method-stock = Stock on the last day
method-ratio = Ratio of two sums
method-at = { $kind } at { $share } (50% is the median)
territory = Territory
territory-as-recorded = As recorded
territory-vintage = Division of { $date }
territory-vintage-why = All years are recomputed on the municipalities of one day. Mergers do not break the series: cases of a dissolved municipality count with its successor.
territory-planned = Planned: { $name }
territory-planned-why = All years are recomputed on municipalities as a plan would make them. The plan is not decided; these figures are never published.
territory-torn-why = On an older division cases of a merged municipality count only where they say in which part they lie. Where a case does not, the figure of that part is not applicable: a number would be too small.
planned-title = Planned territory
planned-text = These are figures on a division that does not exist: plan { $name }, which would take effect on { $date }.
territory-recorded-why = Codes stand as the sources gave them at the time. In a merger the ground under a code changes; the line breaks there and a comparison with last year is not made.
take-along = Take along
take-along-why = The CSV uses a comma between columns and a decimal point. Every file says up to which day the figures go.
stable-address = Stable address of this page:
chart-trend-title = { $title }: { $name }
chart-trend = { $name } went from { $from } in { $first } to { $to } in { $last }; lowest { $low }, highest { $high }.
chart-peer = { $peer }: { $value }.
chart-target = The target is { $value }.
chart-gaps = { $count ->
        [one] For { $count } period there is no figure.
       *[other] For { $count } periods there is no figure.
    }
chart-provisional = The last periods are provisional.
chart-break = { $on }: { $what }.
chart-nothing = There are no figures for { $name }.
chart-bars-title = { $title }, municipalities compared, { $period }
chart-bars = { $count ->
        [one] { $count } municipality, from { $first } ({ $best }) to { $last } ({ $worst }). { $own }: { $value }.
       *[other] { $count } municipalities, from { $first } ({ $best }) to { $last } ({ $worst }). { $own }: { $value }.
    }
chart-bars-nothing = No municipality has a figure here.
break-joined = { $name } joins
break-left = becomes part of { $name }
break-recode = new code
break-table = Above and below such a line the figure is about another area: do not compare them.
break-enlarged = larger territory
proof-title = Proof: { $title }
calculation = The calculation
proof-definition = What is measured
proof-about = { $id }, reviewed on { $date }, owner { $owner }.
to-successor = To the new municipality
to-indicator = To the indicator
proof-sources = From which files
proof-sources-why = Every file is kept as it came in. The code (sha256) changes as soon as a single character differs.
file = File
rows = Rows
rows-of = of
rows-read = Read
rows-accepted = Accepted
rows-warned = Warned
rows-rejected = Rejected
pulled-at = Pulled
complete-until = Complete up to
bytes-expired = bytes of the file taken out on
not-dated = n/a
reference-tables = Reference tables
reference-tables-why = Lists the cases refer to. They do not run up to a day.
reference-population = Population
reference-products = Products
reference-regions = Municipalities
reference-region-changes = Mergers and other changes
reference-terms = Legal terms
reference-targets = Targets
proof-findings = Rows that were not right
proof-findings-why = Over all rows of this municipality in the files above, not only those behind this figure.
proof-rejected = Rejected: does not count
proof-rejected-why = These rows count only once the source mends them.
proof-warned = With a warning: does count
proof-warned-why = Something stands out in these rows, but they are usable and are in the figure.
proof-in-files = { $count ->
        [one] in { $count } file
       *[other] in { $count } files
    }
check-dated = Dates
check-valued = Values
check-placed = Municipalities
check-territories = Every division
check-slices = Breakdowns
check-finite = Possible outcomes
fact-system = Application
fact-case-id = Case
fact-municipality-code = Municipality
fact-place-code = Place
fact-product-code = Product
fact-channel = Channel
fact-date = Date
fact-value = Value
fact-numerator = Meets it
fact-side = Side
fact-from-on = Open from
fact-until-on = Closed on
fact-side-numerator = numerator
fact-side-denominator = denominator
fact-open = still open
fact-raw = The columns as they are called in the data:
yes = yes
no = no
proof-findings-none = No row of this municipality was rejected or warned about.
rejected = rejected
warned = warned
look = look at the rows
proof-checks = Which checks
checks-passed = { $all ->
        [one] { $passed } of { $all } check passed
       *[other] { $passed } of { $all } checks passed
    }
passed = passed
failed = failed
proof-breaks = Other territory
proof-breaks-why = On these days the territory changed. Figures before and after are not about the same area.
proof-earlier = Earlier values
proof-earlier-none = This figure has never changed.
change-why = why?
change-title = Why it changed: { $title }
change-heading = Why did this figure change?
change-ends = The figure before and after
change-before = Before
change-after = After
change-parts = In steps that make up the whole difference
change-parts-why = Each step lays one cause on the one before and counts the figure again. For a share or a median the size of a step depends on the order; it is always this one.
change-cause = Cause
change-facts = Cases
change-step = Difference
change-value = Figure then
change-exact = The steps begin and end at the figures as they are stored.
change-inexact = The steps do not lead to the stored figures: the data of then is no longer there in full.
change-json = Explanation as JSON
cause-definition = Another definition
cause-what-definition = the same data, counted as the definition says now
cause-territory = Other territory
cause-what-territory = the same cases, on the division and the population as they are known now
cause-corrected = Corrected in the source
cause-what-corrected = cases that were known already, or are gone
cause-late = Came in late
cause-what-late = cases from before the last closing day that were not known then
cause-new = New
cause-what-new = what happened after the last closing day
proof-sql = The calculation, literally
proof-sql-why = This is the question put to the data. It gives one row per case that counts; after that comes counting and dividing.
view = Step
tables-read = Tables read:
proof-facts = The cases behind it
proof-facts-why = Behind this figure stand
proof-run = When computed
run = Run
batch = Batch
run-batch = run { $run }, batch { $batch }
program = Program
definitions-hash = Definitions (sha256)
proof-verify = Check it yourself
proof-verify-why = This recomputes the figure in the warehouse and says whether it is equal, and if not why.
proof-json = Proof as JSON
none = none
unknown = unknown
quality-title = Data quality
quality-lead = What came in, up to when it is complete, and which rows were not right. Rejected rows are kept and count as soon as the source mends them.
quality-none = Nothing has come in yet.
sources = Sources
source = Source
last-delivery = Last delivery
deliveries = Deliveries
nothing-rejected = nothing rejected
by-rule = Rejections and warnings by rule
by-rule-none = Every row met all rules.
rule = Rule
outcome = Outcome
rule-type = Wrong type of value
rule-required = Required value missing
rule-codes = Value not in the list
rule-lookup = Code does not exist
rule-merger = Delivered again after a merger
rule-moved = Moved to another municipality
rule-range = Value out of range
rule-key = Key missing or double
rule-shape = Row does not have the right shape
rule-placeholder = Placeholder instead of a value
rule-pattern = Text is not of the agreed form
rule-derived = Date and moment differ
rule-volume = Unusual number of rows
rule-repeated = Delivered before
rule-constant = One value throughout
rule-emptied = Column ran empty
rule-freshness = Not recent
odd = Odd about deliveries
odd-why = no row was rejected for this; look into it before you use a figure
doubt = Look into this before you use this figure
standing = Checks over all data
standing-why = asked at the last computation; what finds rows stands in the proof of each figure it touches
touches = Indicators touched:
in-municipalities = { $count ->
        [one] in { $count } municipality
       *[other] in { $count } municipalities
    }
profile = Profile
profile-why = of the accepted rows
profile-json = Profile as JSON
profile-size = { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    } · { $columns ->
        [one] { $columns } column with values
       *[other] { $columns } columns with values
    }
filled = Filled
different = Different
range = From – to
commonest = Commonest
personal-counted = about persons: only counted
always-empty = Filled in no row:
severity-reject = rejected
severity-warn = warning
findings = Rows that were not right
findings-lead = Row by row what is wrong, to hand on to the supplier.
findings-none = No rows for this choice.
all-rules = All rules
csv-for-supplier = CSV for the supplier
line = Line in file
column = Column
reason = What is wrong
raw = The row as it came
data-lead = Published series at addresses that do not change. A release is never altered; a correction is a new release.
data-none = Nothing has been published yet.
release = Release
release-rows = { $rows }, of which { $hidden } hidden (groups below { $group })
span = Period
licence = Licence
publisher = Publisher
stable-newest = Always the newest
older = Earlier releases
about-title = How to read these figures
about-lead = MijnBeleidsinfo turns cases and registers into figures you can steer on, and can prove every one of them.
about-states = What can stand there
about-states-why = There are no empty boxes here: every figure says in words how it is.
about-value = A measured value. Click it for its proof.
about-zero = Measured, and there was none.
about-provisional = Cases may still be added. Dotted in charts, with an open point. After the delay in the definition the figure becomes final.
about-revised = The figure was final and changed afterwards. The proof says why.
about-marks = What the words and symbols say
about-course = Against the same period last year, on the same territory. What has no direction is said to have risen or fallen and gets no colour.
about-days = Days and periods
about-days-text = Legal terms count calendar days; each definition says which days it counts. Lead times belong to the period of the decision, volumes to the period of submission, a stock to the last day. A case still open past its term counts as late now.
about-proof = Proof
about-proof-text = Every figure has an address, and that address opens its proof: the definition, the files with their checksums, the rejected rows, the checks, earlier values and why they changed.
about-as-of = Looking back
about-as-of-text = With “As of” you see the figures as they stood on a day or at a batch, with the definitions and targets of then. A bar at the top says that you are looking back.
closed-title = Only what is published stands here
closed-lead = This server can be reached from outside the machine and has no log-in yet. So it shows open data only.
closed-why = Boards, indicators, proofs and data quality are for those who may see them. Until accounts exist they are open only on the machine itself (the address 127.0.0.1).
empty-title = No figures yet
empty-lead = Nothing has been computed yet. Pull the sources, store them and compute the figures:
empty-why = Want to see how it looks first? “beleidsinfo demo” runs everything on invented data.
trouble = This page is not here
trouble-title-question = This question is not right
trouble-title-refused = This is not for you
trouble-title-broken = No page for a moment
trouble-title-before = The figures do not go back that far
to-home = To the overview
trouble-page = Nothing stands at this address: { $what }
trouble-closed = This server shows only what is published, until accounts exist.
trouble-indicator = There is no indicator with the code { $what }.
trouble-board = There is no board named { $what }.
trouble-region = There are no figures for municipality { $what } on this territory.
trouble-territory = Territory { $what } was not computed here.
trouble-period = { $what } is not a period.
trouble-kind = This indicator is not computed by { $what }.
trouble-slice = The slice { $what } does not exist.
trouble-as-of = { $what } is neither a day nor a batch.
first-run = { $at } (batch { $batch })
trouble-nothing-then = The first computation is of { $what }. There are no figures from before.
trouble-run = Run { $what } does not exist.
trouble-address = This is not the address of a figure: { $what }
trouble-change = Figure { $what } has never changed, so there is nothing to explain.
trouble-figure = The figure { $what } does not exist.
trouble-delivery = The delivery { $what } does not exist.
trouble-dataset = The dataset { $what } has not been published.
trouble-release-file = The file { $what } has not been published.
trouble-input = This question is not right.
trouble-not-found = What you ask for is not there.
trouble-refused = You may not see this.
trouble-busy = The warehouse is busy. Try again in a moment.
trouble-storage = The data could not be read. The operator finds the cause in the log.
hint-period = Write a year (2025), a quarter (2025-Q4) or a month (2025-12).
hint-nothing-then = “As of” looks at the moment something was computed, not at the period it is about. To see an earlier period, choose it under “Period”.
hint-as-of = Write a day (2025-07-01) or the number of a batch (418).
hint-region = After a merger a municipality has another code. Choose it from the list on the overview.
hint-territory = Choose a territory from the list on the indicator’s page.
hint-address = An address is indicator/version/period/territory/municipality, such as ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041.
csv-indicator = indicator
csv-version = version
csv-period = period
csv-region-code = region_code
csv-region = region
csv-territory = territory
csv-slice = slice
csv-value = value
csv-unit = unit
csv-state = state
csv-n = n
csv-status = status
csv-completeness = completeness
csv-target-lower = target, lower bound
csv-target-upper = target, upper bound
csv-peer = compared
csv-cutoff = cutoff
csv-origin = origin
csv-severity = outcome
csv-line = line
csv-record = record
csv-table = table
csv-column = column
csv-rule = rule
csv-reason = reason
csv-raw = raw
state-value = value
state-zero = zero
sources-lead = Where data comes from, when it was last fetched, what came of it, and when it happens again.
sources-none = There are no sources yet. Describe one in the folder sources.
last-attempt = Last attempt
next-fetch = Fetched next
schedule = Schedule
by-hand = by hand
never-tried = never yet
deliveries-none = Nothing of this source is stored yet.
attempts = Attempts
attempts-more = Older attempts are in the folder attempts of the warehouse.
when = When
what = What
why = Why
verb-pull = pull
verb-store = store
trigger-hand = by hand
trigger-schedule = on schedule
trigger-catch-up = caught up
trigger-retry = tried again
attempt-done = done
attempt-some-rejected = done, with rejected rows
attempt-nothing-new = nothing new
attempt-failed = failed
attempt-stopped = stopped
attempt-landed = new files: { $files }
attempt-stored = { $accepted } accepted, { $rejected } rejected
all-sources = All sources: last attempt, outcome and next time
trouble-source = There is no source { $what }.
page-at = page { $page }
page-before = previous
page-after = next
pages = Pages
all-outcomes = All
held = held
held-title = Held deliveries
held-lead = Too much is wrong with this file. Nothing of it counts, what was there stays, and later files of this source wait until somebody mends the mapping or the file, or lets it through knowingly.
let-through = let through knowingly
rejected-trend = Part rejected per delivery
rejected-trend-text = { $count ->
        [one] { $count } delivery, from { $first } to { $last } rejected.
       *[other] { $count } deliveries, from { $first } to { $last } rejected.
    }
rows-standing = Stands
rows-replayed = Accepted since
accepted-in = accepted since, in batch { $batch }
csv-replayed = accepted in batch
proof-replays = Read again
proof-replays-why = Rows of this municipality that were rejected at first and accepted when the same file was read later.
proof-replay = { $records ->
        [one] { $records } rejected record of { $file } (batch { $rejected }) was accepted in batch { $accepted }, after the mapping changed from { $before } to { $after }; of { $unplaced } the municipality could not be read at first.
       *[other] { $records } rejected records of { $file } (batch { $rejected }) were accepted in batch { $accepted }, after the mapping changed from { $before } to { $after }; of { $unplaced } the municipality could not be read at first.
    }
proof-replay-let-through = { $records ->
        [one] { $records } rejected record of { $file } (batch { $rejected }) was accepted in batch { $accepted }, let through knowingly; of { $unplaced } the municipality could not be read at first.
       *[other] { $records } rejected records of { $file } (batch { $rejected }) were accepted in batch { $accepted }, let through knowingly; of { $unplaced } the municipality could not be read at first.
    }
lineage = Where this comes from
lineage-why = from source to figure, column by column, as the engine reads the definition
lineage-key = An arrow says into which part of the facts a column goes. Filters: the column decides which rows count.
lineage-ground = To place facts on a territory, the calculation also reads
lineage-filters = filters
lineage-filter = Filters
lineage-only-filters = only used to filter
lineage-into = Goes into
lineage-view = step between
lineage-denominator = to divide by
lineage-files = files: { $count }
lineage-until = up to { $date }
lineage-table = Every column, as a table
lineage-text = { $title } reads these tables: { $tables }. They are filled by these sources: { $sources }. The tables below say the same.
lineage-no-sources = No source fills these tables yet.
lineage-json = Lineage as JSON
fills = Fills
reads = Reads
files = Files
last-file = Last file
rests = Figures that rest on this file
rests-why = that would be otherwise without its rows
rests-held = None: this file is held.
rests-not-computed = None yet: the figures were not computed again since this file was stored.
rests-none = No indicator reads what this file fills.
rests-rows = Rows that still stand as this file gave them:
rests-count = Count the figures by municipality
rests-count-why = This computes them again without this file, and can take a while.
indicator = Indicator
municipalities = Municipalities
in-one-municipality = in 1 municipality
lineage-rows = Beside each file are its rows of this ground.
lineage-more-files = { $count ->
        [one] and { $count } more file
       *[other] and { $count } more files
    }
origin = From file to figure
origin-proof = The proof of this figure
origin-went-up = On this territory the rows of the municipalities that went up in it count too:
origin-files = Files with rows of this ground
origin-files-why = What stood when this figure was computed, also rows that the definition then leaves out. A file of which every row was replaced by a later file is not here.
origin-no-files = No file gave rows of this ground.
origin-rows = Rows from here
proof-lineage = As a picture, with only the files that gave rows of this ground
rests-unmoved = These also read what this file fills, but no figure would be otherwise:

# definition: what became of a definition
life-title = Changes of the definition: { $title }
life-heading = Changes of this definition
life-lead = Each version stands for one meaning. When what is counted changes, the definition gets a new first number and a new series begins: do not lay it beside the one before.
life-version = Version
life-since = since { $at }, run { $run }
life-figures = Figures as shown then
life-before = Before
life-after = Now
life-nothing = nothing
life-json = Changes as JSON
life-link = Changes of this definition
life-break = Break: version { $version } counts in another way than version { $earlier }. All periods here are counted by version { $version }. The table has the last figures of version { $earlier } beside them, to see the difference and not to read them together.
life-column = version { $earlier }
stage-short-draft = Draft
stage-short-reviewed = Reviewed
stage-short-published = Published
stage-notice-draft = Draft: this definition is still being written. The figure may change and is not published.
stage-notice-reviewed = Reviewed, but not published yet: this figure stays inside.
asks-major = Another meaning.
asks-minor = An addition.
asks-patch = Words or spelling.
asks-none = No other figure.
asks-first = First computed.
asks-why-major = Its figures cannot be compared with those of the version before.
asks-why-minor = Something was added; what was there stayed.
asks-why-patch = The words changed; what is counted did not.
asks-why-none = Only who answers for it, when it was reviewed, how far it is or what stands beside it.
asks-why-first = So this figure began.
field-kind = Method
field-quantile = Quantile
field-denominator = Denominator
field-per = Per how many
field-unit = Unit
field-direction = Direction
field-legal-term = Legal term
field-final-after = Final after
field-minimum-group = Smallest group
field-decimals = Decimals
field-theme = Theme
field-owner = Owner
field-reviewed-on = Reviewed on
field-status = Status
field-slices = Breakdowns
field-periods = Periods
field-title-nl = Title (Dutch)
field-title-en = Title
field-question-nl = Question (Dutch)
field-question-en = Question
field-definition-nl = Definition (Dutch)
field-definition-en = Definition
field-counted-nl = What is counted (Dutch)
field-counted-en = What is counted
field-legal-nl = Legal basis (Dutch)
field-legal-en = Legal basis
field-facts-sql = The facts (facts.sql)
field-view = The step between { $file }
field-term = The term { $term }
survival-label = with what is still open counted in
survival-unknown = Not known yet
survival-why = The figure above is about what was done in { $period }, and says nothing about what still waits. This is about the { $counted } of { $period }: { $share } of them are still open, and these count as: takes at least that long (estimate of Kaplan and Meier).
field-survival = Figure with what is still open
life-total = all together

by-theme = Theme
by-source = Source
by-law = Legal basis
by-owner = Owner
by-review = Review
catalogue-by = Divided by
catalogue-search = Find an indicator
catalogue-search-hint = term, complaints, decree …
catalogue-search-go = Find
catalogue-json = Catalogue as JSON
catalogue-count = { $all ->
        [one] { $found } of { $all } indicator
       *[other] { $found } of { $all } indicators
    }
catalogue-nothing = No indicator has all those words in its title, question, definition, legal basis or owner.
catalogue-figures = Figures from { $from } to { $until } · regions: { $regions }
catalogue-none = No figures yet
catalogue-waits = Waits for a source of { $tables }
catalogue-no-source = No source yet
catalogue-no-law = Without legal basis: own norm or for context
catalogue-overdue = Review overdue
catalogue-unreviewed = Not reviewed yet
catalogue-reviewed = Review up to date
catalogue-overdue-count = Indicators whose review is overdue: { $count }
catalogue-overdue-show = Show which
catalogue-periods = Periods
catalogue-slices = Slices
catalogue-tables = Tables
catalogue-sources = Sources here
catalogue-state = Figures
review-overdue = Review overdue: last reviewed on { $date }
methodology = Methodology
methodology-made = { $count ->
        [one] Pack { $name } { $version }: { $count } indicator, as computed in run { $run } on { $at } · fingerprint of the definitions: { $hash }
       *[other] Pack { $name } { $version }: { $count } indicators, as computed in run { $run } on { $at } · fingerprint of the definitions: { $hash }
    }
methodology-rules = What holds for all figures
contents = Contents
term = Term
term-calendar = { $days ->
        [one] { $days } calendar day
       *[other] { $days } calendar days
    }
term-calendar-more = { $days ->
        [one] { $days } calendar day, to be extended by { $more }
       *[other] { $days } calendar days, to be extended by { $more }
    }
term-working = { $days ->
        [one] { $days } working day
       *[other] { $days } working days
    }
term-working-more = { $days ->
        [one] { $days } working day, to be extended by { $more }
       *[other] { $days } working days, to be extended by { $more }
    }
term-since = since { $date }
principle-days = Days
principle-days-text = The day after the start is day 1. Calendar days, unless the definition says working days: Monday to Friday without the Belgian public holidays. A moment counts on its day in Belgium.
principle-periods = Periods
principle-periods-text = What was dealt with belongs to the day of the decision or delivery; what came in to the day of receipt; a stock to the last day. A figure is provisional until as many days after the end of the period as the definition says.
principle-quantiles = Medians and other quantiles
principle-quantiles-text = Linear between the two neighbours (type 7), over all facts of the period and the territory: medians are never added up and ratios never averaged. Numerator and denominator are exact; there is one division, at the end.
principle-terms = Terms
principle-terms-text = The term in force on the day of the case, with extension and suspension. What is still open past its due date counts as late at once.
principle-states = No figure is an answer too
principle-states-text = Zero means measured, and nothing was there. No data means something should be there and nothing came. Not applicable means there is nothing to divide, or ground that cannot be split. Hidden occurs only in what is published.
principle-territory = Territory
principle-territory-text = Each figure names the division it stands on. After a merger, facts of the former municipalities count for the new one; back-splitting is possible only where the place is known. The population is that of 1 January on the same territory.
principle-gate = Small numbers
principle-gate-text = Inside, nothing is hidden or rounded. What is published first goes through one gate that hides small groups, also where they could be derived from totals.
home-more = { $count ->
        [one] { $count } more indicator
       *[other] { $count } more indicators
    }

# compare: what a figure is held against
about-compare-text = You choose what a figure is compared with, and may choose several at once. Not compared: what is about another area, was counted by another definition or is less than 90% complete; the page says which. Beside the figure it is also said in words, made from the same numbers.
about-groups = Groups to compare with
about-groups-text = A group is a list of municipalities that your organisation brought itself, with a version and a validity. The number is the median of the other members on the last day of the period. Where not all members have a figure, it says how many do. Mixed: a merged municipality whose parts were in different groups.
compare-target = Target
compare-previous = Previous period
compare-year = Same period last year
compare-rolling = Last 12 months
compare-province = Province
compare-region = Region
compare-nothing = Nothing
compare-place = One municipality
compare-no-place = none
compare-rule = Not compared: what was counted on another area or by another definition, or is less than 90% complete.
compare-group = Median { $name }
compare-not-yet = Comparing
compare-counted = { $there } of { $all }
compare-counted-without = { $all ->
        [one] { $there } of { $all } municipality, without { $names }
       *[other] { $there } of { $all } municipalities, without { $names }
    }
compare-mixed = { $count } mixed
compare-mixed-names = mixed: { $names }
compare-version = by version { $version }
compare-why-no-figure = no figure
compare-why-other-ground = other area
compare-why-other-definition = other definition (version { $version })
compare-why-other-meaning = decided for version { $major } of the definition, which counts otherwise
compare-why-incomplete = only { $share } complete so far
compare-why-own-incomplete = not yet: this figure is only { $share } complete
compare-why-part = { $all ->
        [one] { $there } of { $all } municipality with a figure
       *[other] { $there } of { $all } municipalities with a figure
    }
compare-why-not-here = not on this territory
compare-why-not-then = did not exist then
compare-why-no-group = no group for this municipality
compare-why-not-rolling = not computed per 12 months
compare-why-not-alike = only for a municipality

# elsewhere: figures of other installations
elsewhere = From another installation
elsewhere-why = This municipality counts for itself, in its own installation. The figure is what it published: it stands beside the own figure here and is never added to it.
elsewhere-place = { $name } (other installation)
elsewhere-figure = figure of another installation, { $what }
elsewhere-same = same certified definition
elsewhere-other-version = other version of the definition ({ $version })
elsewhere-not-certified = not certified: { $why }
elsewhere-not-certified-short = not certified
elsewhere-lacks-unproven = its test calculation is wrong or absent there
elsewhere-lacks-unfed = not all tables are filled there
elsewhere-lacks-other = its report is about another definition
elsewhere-lacks-absent = its report does not know this indicator
elsewhere-other-unit = other unit
elsewhere-not-shown = not compared
elsewhere-provisional = provisional; how complete is not known here
elsewhere-among = { $count } of another installation
elsewhere-among-names = of another installation, same certified definition: { $names }
elsewhere-rests = what it rests on
elsewhere-report = Conformity report
elsewhere-report-by = of { $organisation }, made on { $date }
elsewhere-signed = Signed with key
elsewhere-file = SHA-256 of the file
elsewhere-definition = Definition
elsewhere-synthetic = This figure is invented too.
compare-why-other-unit = other unit ({ $unit })
compare-why-twice = more than one installation publishes this figure: { $names }

# sentence: a figure said from its numbers
reading-aid = In words
say-head = { $title }, { $period }
say-rose = up from { $before } ({ $earlier })
say-fell = down from { $before } ({ $earlier })
say-higher = { $change } higher than { $before } ({ $earlier })
say-lower = { $change } lower than { $before } ({ $earlier })
say-more = up { $change } from { $before } ({ $earlier })
say-less = down { $change } from { $before } ({ $earlier })
say-equal = unchanged from { $earlier }
say-better = better
say-worse = worse
say-streak = worse for the { $steps } { $kind } in a row
say-not = not compared with { $earlier }: { $why }
say-others = median of the other municipalities { $value }
say-group = { $name } { $value }
say-named = { $name } { $value }
say-over = { $value } over { $name }
say-target = target { $value }
say-provisional = This figure is provisional; how complete it is, is not known.
say-provisional-part = This figure is provisional and { $share } complete.
say-too-few = This figure is provisional and only { $share } complete: too little to compare.
trouble-group = There is no group to compare with called { $what }.

targets-lead = What the municipality decided to reach: all targets in time, with the decision, who answers for them, how things stood when they ended and how they stand now.
targets-of = Targets
targets-link = All targets and their decisions
targets-all-link = To all targets
targets-none = No targets are set here yet. Read them from a form or a CSV, with the decision they rest on.
targets-json = These targets as JSON
targets-rule = When is something on track?
targets-rule-lead = One rule judges every figure. Where a target is a band, both bounds count.
targets-rule-on = The figure is within the target, and still is in a year if it goes on as it has since the same period last year.
targets-rule-risk = The figure is past the bound but within the tolerance of the decision. Or it is within the target, but passes the bound within a year at the pace since the same period last year.
targets-rule-off = The figure is past the bound, and further than the tolerance.
targets-rule-open = There is no judgement of a provisional period that is less than { $enough } complete or still running, of an indicator without a direction unless the target is a band, and where the territory is another than the one the target was set for.
targets-rule-open-label = Not judged
targets-rule-several = Where two targets hold at the same time, the one decided last counts. A target belongs to a period if it holds on its last day.
aim-now = Holds now
aim-past = Ended
aim-coming = Begins later
aim-since = since { $from }
aim-window = { $from } to { $until }
aim-coming-from = from { $from }
aim-per = per { $kind }
aim-tolerance = tolerance { $tolerance }
aim-no-tolerance = no tolerance
aim-own-direction = its own direction: { $direction }
aim-valid = Validity
aim-decision = Decision
aim-decided = of { $date }
aim-responsible = Responsible
aim-organisation = KBO { $kbo }
aim-stands = Standing
aim-stood = At its end, { $period }
aim-stands-now = Now, { $period }
aim-no-figure = no figure
aim-late = The decision fell on { $decided }, after the first day on which the target holds ({ $from }).
aim-gone = { $name } ceased to exist on { $date }; the target goes on.
aim-overlap = Holds at the same time as target { $other } (decided { $date }). The one decided last counts.
aim-loose = Rests on nothing
