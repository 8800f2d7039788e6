card-title = Contact details
card-edit = Edit
card-name = Name
card-vip = VIP customer: goes first in the queue
card-owner = Owner
card-nobody = Nobody
card-language = Language they asked for
card-unstated = Not stated
card-yes = Yes
card-no = No
card-save = Save
card-fault-blank = has to be there.
card-fault-unreadable = is too long or has characters nobody can read.
card-fault-unknown = no longer exists; choose another.
card-fault-too-long = is too long.
card-fault-number = write a number, like 1500 or 1500.5.
card-fault-two-numbers = may be read as thousands or as decimals: write 1500, or 1.5.
card-fault-date = write a day of the calendar: year-month-day.
card-fault-flag = choose yes or no.
card-fault-choice = choose one of the options.
card-fault-link = write an address that begins with https://.
card-fault-id = has not the shape of a { $name }.
card-fault-mistyped = the check digit does not match; look at the { $name } again.

# What they allow, files, one field
details-copy = Copy { $value }
details-copy-short = Copy
details-edit-field = Edit { $name }
details-files = Files
files-none = No files yet.
files-more = See more files
consent-note = Note down
consent-none = They have said nothing. Only what they forbid stands in the way.
consent-title = Note down a consent
consent-about = It stays for good, with your name and the time. It counts on all channels.
consent-purpose = What for?
consent-for-marketing = Offers and news
consent-for-anything = Any message
consent-said = What did they say?
consent-gives = They agree
consent-takes = They do not want it
consent-proof = How did they say so?
consent-proof-example = By phone, when booking
consent-save = Note down

# What is known, and from whom
card-hidden = Hidden: show it or change it in the panel.
known-bot = From the bot
known-form = From the form
known-import = Imported
known-written = Written by { $name }, { $when }
known-collected = Collected by { $name }, { $when }
known-corrected = Corrected by { $name }
known-show = Show { $name }
known-hide = Hide { $name }
details-outcome = Ended with
sys-collected = { $count ->
    [one] { $name } collected one value
   *[other] { $name } collected { $count } values
}
js-card-theirs = Somebody else put: { $text }. If you save, yours stays.
js-card-theirs-none = Somebody else emptied it. If you save, yours stays.
js-card-take-theirs = Use theirs
