list-waiting = Unassigned
list-mentions = Mentions
list-snoozed = Snoozed
list-closed = Resolved
list-all = All
side-queues = Queues
side-saved = Saved views
list-sorts = Order
list-sort = Sort: { $by }
sort-newest = Newest activity
sort-longest = Waiting longest
sort-due = SLA, due first
sort-window = Window, closing first
list-filter = Filter
list-find = Search this view
list-chips = Quick filters
list-chip-off = Remove
chip-unread = Unread
chip-risk = At risk
chip-closing = Window closing
chip-vip = VIP customers
chip-waits = { $count ->
    [one] Waiting over { $count } min
   *[other] Waiting over { $count } min
}
list-nothing-title = Nothing matches these filters
list-nothing = Remove a filter, or search for something else.
list-looking = Still looking further back…
list-unfilter = Remove filters
list-empty-waiting = Nobody is waiting. What comes in without an owner shows here.
list-empty-mentions = When somebody mentions you in a note, it shows here.
list-empty-snoozed = What you snooze waits here until its time.
list-empty-closed = What is resolved is kept here.
list-empty-all = There are no open conversations.
filter-queues = Queues
filter-channels = Channels
filter-tags = Tags
filter-marks = Only
filter-waits = Waiting over
filter-minutes = min
filter-apply = Apply
filter-cancel = Close
view-save-title = Save this view
view-name = Name of the view
view-save = Save
view-shared = For the whole team
view-remove = Delete this view
view-no-name = Give the view a name.
view-long-name = { $count ->
    [one] The name can have { $count } character at most.
   *[other] The name can have { $count } characters at most.
}
view-too-many = { $count ->
    [one] You can save { $count } view at most. Delete one first.
   *[other] You can save { $count } views at most. Delete one first.
}
