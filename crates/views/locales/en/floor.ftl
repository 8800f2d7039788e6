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
floor-by-wait = by wait
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
