origin = Origin
link-what = Linked with
link-relation = Relation
link-why = Why
dossier-rows = { $n ->
    [one] { $count } row
   *[other] { $count } rows
}
dossier-sources = { $n ->
    [one] from { $count } source
   *[other] from { $count } sources
}
dossier-exact = This page joins rows by exact identifiers only. A like name alone never joins people. An entry in a record is not a finding of guilt.
dossier-withheld = The law withholds identities on this page (BNS s.72, POCSO s.23, JJ Act s.74).
dossier-facts = What the sources say
dossier-links = Links
dossier-timeline = Timeline
dossier-no-facts = No source says anything about it yet.
dossier-no-links = No link by an exact identifier is known.
dossier-no-timeline = No dated event is known.
group-identity = Identity
group-address = Addresses
group-contact = Contact
group-vehicle = Vehicle
group-owner = Owner
group-use = Use
group-case = Case
group-sections = Sections
group-people = People
group-other = Other
fact-name = Name
fact-name-local = Name as written
fact-alias = Alias
fact-relative = Father or husband
fact-sex = Sex
fact-birth-date = Born on
fact-birth-year = Year of birth
fact-age = Age
fact-nationality = Nationality
fact-occupation = Occupation
fact-address = Address
fact-village = Village
fact-thana = Police station
fact-district = District
fact-pincode = PIN code
fact-phone = Phone
fact-id = Identity document
fact-role = Role
fact-label = Description
fact-owner = Owner
fact-status = Status
fact-station = Police station
fact-title = Title
fact-started = From
fact-ended = Until
fact-key = Identifier
fact-first = First seen
fact-last = Last seen
fact-calls = Calls
role-accused = Accused
role-complainant = Complainant
role-victim = Victim
role-witness = Witness
role-arrested = Arrested
role-owner = Owner
role-subscriber = Subscriber
role-officer = Officer
role-other = Mentioned
sex-male = Male
sex-female = Female
sex-transgender = Transgender
sex-unknown = Not known
search-title = Search
search-label = What are you looking for?
search-hint = An exact number: phone, vehicle, FIR, IMEI, person id or the hash of a file. Spaces and dashes do not matter.
search-can = What can be searched
search-can-phone = 98290 12345, +91-9829012345
search-can-vehicle = RJ14CN0001, rj 14 cn 0001, 22BH1234AA
search-can-case = FIR 0123/2024 of station 27541001: 27541001/0123/2024
search-can-person = the id a source gives, such as cctns:P000123
search-can-handset = 14 or 15 digits
search-can-hash = SHA-256 of a file, in full
search-read-as = Read as:
search-none = Nothing found for “{ $it }”
search-none-text = Only exact identifiers are searched here. Check the digits, or look in the catalogue whether the source that should hold it has arrived.
search-found = { $n ->
    [one] { $count } found
   *[other] { $count } found
}
read-phone = phone number
read-vehicle = vehicle registration
read-case = FIR
read-handset = IMEI
read-person = person id
read-hash = file hash
