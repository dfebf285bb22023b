desk-many = Many at once
desk-campaigns = Campaigns
desk-campaign = Campaign
desk-report = Report
bulk-title = Messages from a file
bulk-text = A table of messages (CSV) is looked at first: every line that is wrong is named with its way out. Only when nothing is wrong are the messages made, all of them or none.
bulk-file = The file's text
bulk-file-hint = Open the CSV file in a text editor and paste it here, or save a spreadsheet as "CSV UTF-8" first. The first line names the columns.
bulk-look = Look at it
bulk-take = Make the messages
bulk-problems = What is wrong
bulk-line = Line
bulk-field = Column
bulk-value = What stands there
bulk-problem = What is wrong
bulk-way-out = What to do
bulk-made = { $n ->
    [one] { $count } message was made.
   *[other] { $count } messages were made.
}
bulk-warned = { $n ->
    [one] { $count } of them waits as a draft for an answer to a warning.
   *[other] { $count } of them wait as drafts for an answer to a warning.
}
bulk-already = This file was taken in before. Nothing was made.
bulk-wrong = { $n ->
    [one] { $count } line is wrong; nothing was made
   *[other] { $count } lines are wrong; nothing was made
}
bulk-of = { $n ->
    [one] The file has { $count } line.
   *[other] The file has { $count } lines.
}
bulk-right = { $n ->
    [one] The { $count } line is right.
   *[other] All { $count } lines are right.
}
recur-title = Messages that come again
recur-text = Each time becomes a message of its own a week ahead, is checked and must be approved. A pause and a model code of conduct stop it.
recur-none = No message comes again.
recur-rule = Rule
recur-rule-hint = As in calendars:
recur-next = Next time
recur-last = Last times
recur-from = First time (Indian time)
recur-go = Let it come again
recur-stop = Stop
recur-stopped = Stopped
recur-made = Made
recur-skipped = Left out
campaign-none = There is no campaign yet.
campaign-new = New campaign
campaign-name-hi = Name in Hindi
campaign-name-en = Name in English
campaign-about-hi = About it, in Hindi
campaign-about-en = About it, in English
campaign-part-hi = How to take part, in Hindi
campaign-part-en = How to take part, in English
campaign-part = How to take part
campaign-audience = For whom
campaign-theme = About
campaign-theme-awareness = Awareness
campaign-theme-participation = Public participation
campaign-theme-achievement = Achievements
campaign-theme-human_face = The human face of the police
campaign-write = Write for it
campaign-hashtag = Hashtag
campaign-goal = Goal (messages)
campaign-goal-set = Set the goal
campaign-public = On the portal
campaign-show = Show it on the public portal
campaign-yes = yes
campaign-no = no
campaign-go = Open the campaign
campaign-out = Published
campaign-last = Last
campaign-coverage = Who has published
campaign-published = { $n ->
    [one] { $count } unit has published
   *[other] { $count } units have published
}
campaign-of = { $n ->
    [one] of { $count }.
   *[other] of { $count }.
}
campaign-standing-none = Nothing yet
campaign-standing-begun = Begun
campaign-standing-reached = Published
campaign-posts = Its messages
campaign-no-posts = No message belongs to it yet.
campaign-join = Put into the campaign
campaign-leave = Take out
report-title = Report of the social media desk
report-from = From
report-until = Until
report-pdf = Report as PDF
report-foot = Sarovar · own accounts only · numbers of different networks are never added up
report-nothing = Nothing.
report-messages = Messages published
report-missing = Nothing was said of
report-service = Service to people
report-service-note = In order of the share ended in time, then of the time taken; not of followers. Fewer than five items give no rank.
report-measures = Numbers of each network
report-measures-note = Each network counts in its own way. People reached are not added up over posts, and nothing is added up over networks.
report-campaigns = Campaigns
report-campaigns-note = What the networks measured for posts of the campaign.
report-sleeping = Sleeping handles
report-sleeping-note = Thirty days or more without a post.
report-mix = What was spoken of
report-mix-note = Answers to people are not counted.
report-rank = Rank
report-handle = Handle
report-items = Items
report-answered = Answered
report-in-time = In time
report-overdue = Overdue
report-minutes = Minutes (median)
report-measure = Measure
report-meaning = What it means
report-posts = Posts
report-total = Total
report-not-added = not added up
report-median = Median
report-most = Most
report-campaign = Campaign
report-districts = Districts
report-days = Days asleep
report-never = never spoke
report-advice = Advice
report-advice-plan = Plan posts, or let the unit above speak for it
report-advice-merge = Merge it with { $it }
report-advice-close = Close it
report-advice-reconnect = Connect it again
report-share = Share
records-title = Record of what was published
records-get = Record with proof (archive)
records-text = For the Right to Information Act: every version, who checked, approved and overruled, with hashes and proofs from the access log. No words of citizens.
records-list = Published messages
records-proofs = Proofs from the access log
records-out = Published at
records-words = Words
records-versions = Versions
records-writers = Written by
records-signers = Approved by
records-overrulers = Overruled by
records-copies = Copies
records-hash = SHA-256 of the last version
records-note = The whole record is in records.json; MANIFEST.json has the hash of each file.
portal-take-part = How to take part
portal-campaign-messages = Messages of the campaign
portal-campaign-districts = Taking part
portal-praise = What others say of us
portal-source-citizen = A citizen
portal-source-institution = An institution
portal-source-embassy = An embassy
desk-shelf = Ready to hand
shelf-templates = Words to begin with
shelf-no-template = There is no template yet.
shelf-name = Name
shelf-begin = Begin with it
shelf-keep = Keep it
shelf-slots = Hours that served
shelf-slots-text = Hours (Indian time) at which messages of the last ninety days were seen most, as each network counts. A suggestion, no rule.
shelf-hour = Hour
shelf-no-slot = There are not enough posts yet.
shelf-praise = What others say well of us
shelf-praise-text = A link is kept, not a profile. A citizen is named, and his link shown to the public, only with consent; it can be taken back at any time.
shelf-about = What was said
shelf-about-hi = What was said, in Hindi
shelf-about-en = What was said, in English
shelf-by = Who said it
shelf-url = Address
shelf-source = Who it is
shelf-consent = Consent
shelf-consent-hint = Where and when the person agreed to be named.
shelf-thank = Thanked
shelf-thanked = Thanked
shelf-withdraw = Take the name away
bulk-package = With pictures
bulk-package-file = ZIP or CSV file
bulk-package-hint = A ZIP holds one CSV file and the pictures it names in the column pictures. Each picture needs words in alt; several are parted by |. To make the messages, choose the file again.
report-sentiment = What people feel
report-sentiment-note = Comments and mentions by day and topic, by a list of words; measured on 103 held-back sentences it agrees with a reader in nine of ten it decides, and leaves one in five open. Irony escapes it. Fewer than five are not told; nothing is counted by person.
report-day = Day
report-topic = Topic
report-good = Good
report-bad = Bad
report-unknown = Not known
report-withheld = fewer than five
report-topic-other = Other
shelf-links = Short links
shelf-links-text = Links under the portal's own address. With a campaign, its marks (utm) go along. How often each was opened is counted by day; who opened it is not known.
shelf-short = Short link
shelf-opened = Opened
shelf-stop = Stop
shelf-shorten = Shorten
