ledger-group = Operation
ledger-title = Ledger
ledger-about = Everything that came in, what became of it, and what may be missing.
ledger-back = Back to the ledger
ledger-number = Customer's number
ledger-message = Message id (ours or the vendor's)
ledger-from = From
ledger-until = Until
ledger-state = State
ledger-channel = Channel
ledger-any = Any
ledger-find = Search
ledger-clear = Clear
ledger-bad-time = That date can't be read. Pick it from the calendar.
ledger-none-title = No such receipts
ledger-none = Try another number, id or time. What has just come in can be searched a few seconds later.
ledger-received = Received
ledger-told = What it told
ledger-what = What
ledger-who = Customer and message
ledger-result = Result
ledger-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
ledger-made = created it
ledger-was-there = was there already
ledger-nothing = no effect
ledger-open = Open
ledger-older = Older
ledger-receipt = Receipt { $number }
ledger-trail = Trail
ledger-not-noted = What it told is not noted yet; that takes a few seconds.
ledger-unread = It could not be read: it is in quarantine.
ledger-raw = As it came
ledger-raw-show = Show
ledger-raw-about = It may hold customers' data. Who looks at it is noted.
ledger-raw-forgotten = The content was forgotten when its time was over; the trail stays.
ledger-state-new = waiting
ledger-state-applied = applied
ledger-state-quarantined = quarantined
ledger-source-whatsapp = Meta webhook (WhatsApp)
ledger-source-twilio-message = Twilio message
ledger-source-twilio-status = Twilio status
ledger-source-twilio-listed = From Twilio's list
ledger-source-other = Another source
ledger-what-message = Message
ledger-what-status = Delivery status
ledger-what-notice = Account notice
ledger-what-echo = Sent from the phone
ledger-what-past = History
ledger-what-address = Customer's address
ledger-what-consent = Customer's consent
ledger-what-broken = Unreadable
trail-received = Received and kept
trail-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
trail-tries = { $count ->
    [one] { $count } try failed
   *[other] { $count } tries failed
}
trail-aside = Put aside:
trail-aside-part = Part { $count } was put aside:
trail-released = taken up again
trail-replayed = Applied again
trail-applied = Applied
trail-put-aside = Quarantined
trail-forgotten = The content was forgotten
quarantine-title = In quarantine
quarantine-since = since
quarantine-look = Look
quarantine-todo = Mend the cause (connect the missing channel, for example), filter by “quarantined” and apply again: nothing is doubled.
replay-choose = Choose receipt
replay-chosen = Apply the chosen again
replay-found = Apply all found again
replay-one = Apply again
replay-nothing = There is nothing to apply: choose at least one receipt.
replays-title = Applied again
replay-title = Apply again
replay-running = Under way
replay-finished = Done
replay-receipts = Receipts
replay-new = New messages
replay-made = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
replay-summary = { $total } receipts: { $applied } applied, { $aside } quarantined again, { $refused } without content; { $made } new messages
replay-result-applied = applied
replay-result-quarantined = quarantined again
replay-result-forgotten = no content: it was forgotten
replay-result-waiting = waiting
gaps-title = Gaps
gap-stopped = { $count ->
    [one] No server was up
   *[other] No server was up ({ $count } times)
}
gap-unknown-status = { $count ->
    [one] { $count } status of a message we don't know
   *[other] { $count } statuses of messages we don't know
}
gap-quoted = { $count ->
    [one] A customer quoted a message we never got
   *[other] Customers quoted { $count } messages we never got
}
gap-silent = { $count ->
    [one] A busy number fell silent
   *[other] A busy number fell silent ({ $count } times)
}
gap-other = { $count ->
    [one] Something may be missing
   *[other] Something may be missing ({ $count } signs)
}
gap-settled = { $count ->
    [one] The vendor's list was read: { $count } was missing and is here now.
   *[other] The vendor's list was read: { $count } were missing and are here now.
}
gap-noted = { $count ->
    [one] Meta repeats no more; { $count } came by the list.
   *[other] Meta repeats no more; { $count } came by the list.
}
gap-open-listed = { $count ->
    [one] The vendor's list is being read; so far it brought { $count }.
   *[other] The vendor's list is being read; so far it brought { $count }.
}
gap-open-meta = { $count ->
    [one] Meta repeats by itself for up to 7 days; there is no list to read. { $count } came.
   *[other] Meta repeats by itself for up to 7 days; there is no list to read. { $count } came.
}
gap-state-open = open
gap-state-settled = settled
gap-state-noted = noted
lists-title = Twilio's lists
lists-until = read up to
lists-never = not read yet
lists-listed = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
lists-found = { $count ->
    [0] nothing was missing
    [one] { $count } was missing
   *[other] { $count } were missing
}
