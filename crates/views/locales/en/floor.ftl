floor-now = Now
floor-waiting = Waiting
floor-waiting-in = { $count ->
    [one] in { $count } queue
   *[other] in { $count } queues
}
floor-waiting-none = nobody waits for an agent
floor-longest = Longest wait
floor-longest-none = nobody waits
floor-assigned = In progress
floor-capacity = { $count ->
    [one] of { $count } slot
   *[other] of { $count } slots
}
floor-available = Agents available
floor-agents-of = of { $count }
floor-queues = Queues
floor-queue = Queue
floor-state = State
floor-oldest = Oldest
floor-queue-agents = Agents available
floor-queue-available = { $available } of { $agents }
floor-queue-calm = No wait
floor-queue-waiting = Waiting
floor-queue-nobody = Waiting, no agents
floor-queue-unstaffed = No agents
floor-conversations = Conversations
floor-filter = Show
floor-all = All
floor-unassigned-many = Unassigned
floor-customer = Customer
floor-last = Last message
floor-wait = Wait
floor-agent = Agent
floor-actions = Actions
floor-unassigned = Unassigned
floor-customer-turn = customer’s turn
floor-empty-title = No conversations here
floor-empty = New ones appear in this table.
floor-agents = Agents
floor-by-presence = by state
floor-agent-full = Full
floor-agent-pause = Paused ({ $pause })
floor-agent-since = since
floor-assign = Reassign
floor-assign-of = Reassign the conversation with { $name }
floor-assign-search = Find an agent
floor-assign-none = No agent of that name
floor-assign-back = Back to the queue
floor-assign-holds = has it now
floor-drop-here = Drop here
js-assign-to = Who takes { $name }?
js-assign-now = { $name } · { $text }
js-assigned = { $text } now has { $name }
js-assigned-back = { $name } is back in the queue { $text }
js-undo = Undo
keys-assign = Reassign the conversation of the row
floor-agent-finishing = Wrapping up ({ $pause })
floor-by-due = by due time
floor-overdue = Overdue
floor-breaches = { $count ->
    [one] { $count } in 24 hours
   *[other] { $count } in 24 hours
}
floor-breaches-none = none in 24 hours
floor-alerts = Alerts
floor-alerts-none = Nothing calls for you.
floor-alert-waits = Waits longer than the queue allows
floor-alert-silent = Whoever holds it does not answer
floor-alert-silent-of = { $name } does not answer
floor-alert-first = The first answer is overdue
floor-alert-next = The answer is overdue
floor-alert-resolution = The resolution is overdue
floor-alert-open = Open
floor-alert-open-of = Open the conversation of { $name }
floor-alert-seen = I am on it
floor-alert-seen-of = I am on it: the conversation of { $name }
js-alert-new = Alert: { $name }. { $text }
js-alert-seen = Everybody knows that you are on it
