search-title = Search
search-label = What you are looking for
search-placeholder = A name, a number, or words of a message
search-go = Search
search-filters = Filters
search-channel = Channel
search-queue = Queue
search-person = Person
search-tag = Tag
search-kind = Kind
search-direction = From
search-direction-in = The customer
search-direction-out = Us
search-from = From day
search-to = To day
search-any = All
search-any-f = All
search-unfilter = Remove filters
search-results = Results
search-contacts = Contacts
search-nearly = Similar names
search-messages = Messages and notes
search-note = Internal note
search-closed = Resolved
search-snoozed = Snoozed
search-waiting = Waiting
search-start-title = Search everything you can see
search-start = Messages, notes and contacts. Accents do not matter, a name may have a typo, and a piece of a number is enough.
search-short-title = Type a little more
search-short = Two letters are needed, or four digits of a number.
search-slow-title = There are too many results
search-slow = Add another word or a filter and search again.
search-none-title = Nothing was found
search-none = Try another word, or fewer words.
search-hidden-numbers = By number you find only contacts whose details you may see in full.
search-more-contacts = There are more contacts like that. Type more of the name or number.
search-more = Show more
search-older = Keep searching further back
search-cut = Searched back to { $when }.
search-and-more = {" "}and more
palette-title = Search and run
palette-placeholder = Find a person, a message or an action
palette-recent = Recent
palette-acts = In this conversation
palette-go = Go to
palette-all = See all results
palette-none = Nothing with those words.
palette-move = choose
palette-do = open or do
palette-count-many = {"{"}n{"}"} options
keys-palette = Search and run actions
search-said-contacts = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}
search-said-messages = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
palette-count = { $count ->
    [one] { $count } option
   *[other] { $count } options
}
