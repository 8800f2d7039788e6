offers-title = For you
offer-left = Time to answer
offer-note = Note
offer-accept = Accept
offer-decline = Decline
offer-routed = { $candidates ->
    [one] Waited { $waited }; you are the only one free
   *[other] Waited { $waited }; you hold the least of { $candidates }
}
offer-owner = Your own customer
offer-last-agent = You served them last time
offer-handed-over = { $name } hands it over to you
offer-back-declined = { $name } did not accept { $contact }. It stays with you.
offer-back-lapsed = { $name } did not answer about { $contact }. It stays with you.
offer-back-open = Open the conversation
next-take = Take the next one
next-waiting = { $count ->
    [one] { $count } waits
   *[other] { $count } wait
}
state-offered = offered to { $name }
floor-offered = Offered to { $name }
sys-assigned-handed-over = { $name } got it from { $by }
sys-transferred-by = { $by } moved it to the queue { $queue }
sys-transferred-team = { $by } moved it to the team { $team } (queue { $queue })
sys-offered = Offered to { $name }
sys-offered-by = { $by } offers it to { $name }
sys-declined = { $name } did not accept it
sys-lapsed = { $name } did not answer in time
sys-declined-back = { $name } did not accept it; it stays with { $by }
sys-lapsed-back = { $name } did not answer in time; it stays with { $by }
sys-relaxed = { $count ->
    [one] Long wait: less is asked of who takes it
   *[other] Long wait: less is asked of who takes it (step { $count })
}
sys-alert-waits = Supervisors alerted: it waits too long
sys-alert-silent = Supervisors alerted: its agent does not answer
sys-alert-first = Supervisors alerted: the first answer is late
sys-alert-next = Supervisors alerted: the answer is late
sys-alert-resolution = Supervisors alerted: it was not resolved in time
sys-tagged = Tag added: { $tag }
sys-tagged-by = { $by } added the tag { $tag }
sys-untagged = Tag removed: { $tag }
sys-untagged-by = { $by } removed the tag { $tag }
js-offered = { $name } in { $text }: the conversation is offered to you. Y to accept, D to decline.
js-offer-over = Time is up
js-offer-declined = Declined. Someone else is offered it.
js-next-none = Nobody is waiting
keys-next = Take the next one of your queues
sys-alerts-seen = { $by } is on it
