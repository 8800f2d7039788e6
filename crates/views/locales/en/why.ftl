transfer-open = Hand over
transfer-title = Who gets { $name }?
transfer-search = Find a person, team or queue
transfer-to = Where to
transfer-people = People
transfer-no-people = Nobody of your queues is connected.
transfer-teams = Teams
transfer-nobody = nobody connected
transfer-queues = Queues
transfer-no-queues = There are no other queues.
transfer-available = { $count ->
    [one] { $count } available
   *[other] { $count } available
}
transfer-note = Note for whoever takes it (hidden from the customer)
transfer-skill = Ask for as well
transfer-skill-none = Nothing more
transfer-level = Level
transfer-keep = Keep it
transfer-do = Hand over
refusal-no-such-target = That is gone, or out of your reach. Choose somewhere else.
refusal-same-queue = It is in that queue already.
refusal-nobody-of-team = Nobody of that team is connected now. Choose somewhere else.
refusal-theirs-already = They have it already. Choose someone else.
refusal-target-away = They are not available now. Choose someone else.
refusal-target-full = They hold as many conversations as they may. Choose someone else.
refusal-note-too-long = The note has { $length } characters and { $longest } fit. Shorten it.
js-handed-waits = It waits for whoever takes it
js-handed-offered = It is offered; it stays with you until they accept
keys-transfer = Hand the conversation over
why-open = Why?
why-title = Why is it where it is?
why-now = right now
why-nobody = Nobody has it, and it waits in no queue.
why-entry-rule = It came into { $queue } by the rule “{ $rule }”.
why-entry-none = It came into { $queue }: no rule said otherwise.
why-policy = routing version { $version }
why-policy-none = before the first version of the routing
why-given = Assigned to { $name } after waiting { $waited }.
why-offered = Offered to { $name } after waiting { $waited }.
why-waits = It has waited { $waited }.
why-somebody = someone else
why-people = People considered
why-person = Person
why-load = Load
why-verdict = Outcome
why-unseen = { $count ->
    [one] And { $count } more person you don’t see.
   *[other] And { $count } more people you don’t see.
}
why-none = The routing has decided nothing about it yet.
verdict-chosen = Chosen
verdict-other-queue = Does not serve this queue
verdict-other-team = Is not of the team it was handed to
verdict-no-skill = Lacks { $skill } (level { $needed } is asked for, has { $has })
verdict-low-skill = Has { $skill } at level { $has }, and { $needed } is asked for
verdict-too-heavy = Never fits: it takes { $weight } and they have { $capacity } slots ({ $load } taken)
verdict-away = { $state }
verdict-full = Full: { $load } of { $capacity }, and it takes { $weight }
verdict-queue-full = Full for this queue: { $load } of { $capacity }, and it takes { $weight }
verdict-wrapping-up = Wrapping up until { $when }
verdict-keeps-room = Their room is kept for one that came earlier
verdict-barred = Put it back, declined it or did not answer
verdict-reserved = Could have, but someone else goes first until { $when }
verdict-reserved-for = Could have, but { $name } goes first until { $when }
verdict-not-preferred = Could have, but whoever knows the customer went first
verdict-busier = { $count ->
    [one] Could have, but held more ({ $count })
   *[other] Could have, but held more ({ $count })
}
verdict-idle-for-less = Could have, but was given one more recently
wait-nobody-serves = Nobody serves this queue.
wait-nobody-of-team = Nobody is of the team it was handed to.
wait-nobody-skilled = Nobody of the queue can do what is asked for.
wait-too-heavy = It takes more slots than anybody has.
wait-away = Those who could are on a pause or not at work.
wait-full = Those who could are full.
wait-wrapping-up = Those who could are wrapping up.
wait-kept = The free slot is kept for one that came earlier.
wait-barred = Those who could put it back, declined it or did not answer.
wait-preferred = It waits a while for whoever goes first.
