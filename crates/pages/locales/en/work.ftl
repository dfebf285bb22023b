nav-work = My work
work-title = My work
work-lead = Say once why you read: choose a piece of work, and it goes with everything you look at until you put it down.
work-none = none chosen
work-choose = Choose a piece of work
work-in-hand = in hand
work-mine = Pieces of work
work-none-yet = You are of no team yet. Open a piece of work below.
work-reference = Reference
work-reference-hint = Case: STATION/NUMBER/YEAR, such as 27541001/0123/2026. Complaint: its number. Supervision: the unit's code. Statistics: the question.
work-sections = Sections of law
work-reason = Reason
work-days = Days
work-until = Until
work-opened-by = Opened by
work-new = Open a piece of work
work-new-text = What you state is recorded. A case lasts 90 days, a complaint 30, supervision and statistics 7, unless you say less or a little more.
work-open = Open and take in hand
work-take = Take in hand
work-down = Put down
work-close = Close
work-close-text = Ends the access of everybody of the team at once.
work-units = Units you may supervise:
work-emergency = emergency
work-emergency-new = Danger to life: emergency access
work-emergency-text = Four hours, announced on every page, nothing leaves as a file, and somebody else reviews every look afterwards.
work-emergency-reason = Who is in danger, and of what
work-emergency-go = Open emergency access
work-numbers = Phone numbers, IMEI numbers or cells, parted by blanks
work-team = Team
work-team-text = A transfer to another unit ends the access of whoever is transferred.
work-add = Add to the team
work-remove = Take off
work-requests = Authorities, orders and releases
work-no-requests = None was asked for.
work-kind = Kind
work-kind-authority = Authority for call and subscriber records
work-kind-order = Court order
work-kind-release = Release of a large export
work-kind-emergency = Emergency
work-kind-declaration = Declaration
work-what = What
work-decided-by = Decided by
work-withdraw = Withdraw
work-ask-authority = Ask for call and subscriber records
work-ask-authority-text = An officer of the rank of Superintendent or above decides (BNSS section 94); then the records of these numbers and days can be read.
work-ask-order = Record a court's order that opens seals
work-ask-order-text = It counts for you alone, after an officer of the rank of Superintendent or above compared it with the paper.
work-ask-release = Ask for the release of a large export
work-ask-release-text = Write the query, or the address of a page's table as the refusal gives it, exactly as it is exported. A second person decides; the release lasts a day.
work-requisition = Number and date of the requisition
work-court = Court, number and date
work-keys = Persons or cases it names, parted by blanks
work-query = Query
work-from = First day
work-to = Last day
work-ask = Ask
work-record = Record
work-decide = To be decided by you
work-decide-text = Nobody decides what he asked for himself. Compare with the paper before granting.
work-note = Note
work-grant = Grant
work-refuse = Refuse
work-reviews = Emergencies to be reviewed
work-finding = What the review found
work-review-go = Note the review
work-state-open = open
work-state-closed = closed
work-state-expired = expired
work-state-left = not of its team
work-request-asked = asked
work-request-granted = granted
work-request-refused = refused
work-request-withdrawn = withdrawn
declaration-title = Monthly declaration to the District Magistrate
declaration-to = To the District Magistrate,
declaration-text = Requisitions of call, internet and subscriber records that were granted in the month, by whom and for which case.
declaration-month = Month
declaration-district = District's unit
declaration-show = Show
declaration-empty = No requisition was granted in this month.
declaration-requested = Requested by
declaration-granted = Granted by
declaration-at = Granted on
declaration-numbers = Numbers
declaration-window = Days asked about
declaration-refused = { $n ->
    [one] One requisition was refused.
   *[other] { $count } requisitions were refused.
  }
declaration-made = Declared:
declaration-make = Note that it was sent
declaration-sign = Superintendent of Police (signature, seal, date)
watch-title = Watch over reading
watch-lead = Who read unusually, and what is due. A high number is a reason to ask, not a finding.
watch-records = { $n ->
    [one] One record
   *[other] { $count } records
  }
watch-days = { $n ->
    [one] of one day.
   *[other] of { $count } days.
  }
watch-cut = The log is longer than what was looked at.
watch-who = What this officer looked at
watch-key = Who looked at this person, number or case
watch-look = Look
watch-due = Due
watch-nothing-due = Nothing is due.
watch-unusual = Unusual reading
watch-unusual-text = Beside the officer's own usual: volume, hours from 23 to 5, looks at one's own name, at declared relatives and neighbours, at persons on the operator's list, refusals, work opened and read by oneself alone, emergencies.
watch-none = Nobody read unusually.
watch-score = Weight
watch-looks = Looks in a week
watch-usual = Usual in a week
watch-why = Why
watch-volume = { $n ->
    [one] once the usual
   *[other] { $count } times the usual
  }
watch-night = { $n ->
    [one] one look at night
   *[other] { $count } looks at night
  }
watch-own = { $n ->
    [one] one look for the own name
   *[other] { $count } looks for the own name
  }
watch-kin = { $n ->
    [one] one look at a declared relative or neighbour
   *[other] { $count } looks at declared relatives or neighbours
  }
watch-listed = { $n ->
    [one] one look at a person on the list
   *[other] { $count } looks at persons on the list
  }
watch-denied = { $n ->
    [one] one refusal
   *[other] { $count } refusals
  }
watch-alone = { $n ->
    [one] one piece of work opened and read alone
   *[other] { $count } pieces of work opened and read alone
  }
watch-emergency = { $n ->
    [one] one emergency
   *[other] { $count } emergencies
  }
trail-person = Who looked at this
trail-person-lead = Every look at a person, number or case, and every search or query for it, by officer.
trail-officer = What this officer looked at
trail-officer-lead = Every look, search, query and export of one officer, and every refusal, by what it was of.
trail-none = Nobody did
trail-none-text = No look fits. The log holds no names and numbers: try the person's id, and a name in each spelling.
trail-whom = By whom
trail-what = At what
trail-count = Looks
trail-refused = Refused
trail-first = First
trail-last = Last
trail-newest = The newest looks
trail-looks = { $n ->
    [one] One look.
   *[other] { $count } looks.
  }
fault-work = This cannot be done with a piece of work
fault-work-advice = The reason stands below.
back-work = Back to My work
action-work = piece of work
action-request = request or grant
action-emergency = emergency
action-declaration = declaration
action-policy = policies
