thread-back = Back to the list
thread-label = Messages with { $name }
thread-none-title = Pick a conversation
thread-none-before = Or press
thread-none-after = to open the first one.
resolve = Resolve
resend = Send again
claim = Take it
author-machine = Automatic message
message-referral = Came from an ad
message-edit = Edited an earlier message
message-picked = Picked:
message-form-named = Form “{ $name }”
message-order = { $count ->
    [one] Order of { $count } item
   *[other] Order of { $count } items
}
message-unsupported = This message can only be seen on the customer’s phone.
message-unsupported-what = This message ({ $what }) can only be seen on the customer’s phone.
message-unknown = A new kind of message ({ $what }). It is kept as it came.
line-reaction = { $name } reacted with { $emoji }
line-reaction-removed = { $name } took the reaction back
line-revoke = { $name } deleted a message
line-welcome = { $name } opened the chat
line-system = Notice from WhatsApp: { $text }
delivery-sending = Sending
delivery-uncertain = Unconfirmed
delivery-uncertain-why = Unconfirmed: it may have arrived. Send again only if the customer did not get it.
delivery-sent = Sent
delivery-delivered = Delivered
delivery-read = Read
delivery-played = Played
delivery-failed = Not sent
sys-opened = Entered the queue { $queue }
sys-reopened = Reopened in the queue { $queue }
sys-assigned-routed = { $candidates ->
    [one] Assigned to { $name }: waited { $waited }, the only one free ({ $load } of { $capacity })
   *[other] Assigned to { $name }: waited { $waited }, the least busy of { $candidates } ({ $load } of { $capacity })
}
sys-assigned-moved = { $by } assigned it to { $name }
sys-assigned-taken = { $name } took it from the queue
sys-released = Went back to the queue
sys-released-by = { $by } put it back in the queue
sys-transferred = Moved to the queue { $queue }
sys-closed = Resolved
sys-closed-by = { $name } resolved it
state-bot = with the bot
state-queued = waiting
state-assigned = open
state-snoozed = snoozed
state-closed = resolved
composer-title = Reply
composer-label = Message
composer-placeholder = Write to { $name } on { $channel }. “/” for quick replies
composer-enter = sends ·
composer-shift-enter = new line
composer-send = Send
dock-closed-title = You can only send an approved template
dock-closed = When { $name } answers, you can write freely for 24 hours.
dock-other-title = Someone else holds it
dock-other = You can read it; its holder answers.
dock-unassigned-title = Nobody holds it yet
dock-unassigned = It waits in its queue for the first person free.
dock-resolved-title = Conversation resolved
dock-resolved = It opens again when { $name } writes; after the channel's time, another one begins.
details-title = Contact details
details-toggle = Contact details
details-since = Customer since
details-fields = Attributes
details-addresses = Addresses
details-channel = Channel
details-previous = Other conversations
details-first = This is their first conversation.
details-more-previous = There are more from before: scroll up in the chat.
identity-phone = Phone
identity-bsuid = WhatsApp id
identity-parent-bsuid = Group id
identity-masked = (partly hidden)
sys-assigned-joined = { $name } goes on with it: the contact changed
sys-address-changed = The customer changed number or id. Replies go to the new address.
sys-contacts-joined = Two contacts that were one person were joined
sys-contacts-parted = The two contacts that had been joined were parted
sys-past-imported = { $count ->
    [one] { $count } message from before the connection was added
   *[other] { $count } messages from before the connection were added
}
consent-no-offers = Asked for no more offers
consent-offers = Agrees to get offers
consent-nothing = Asked us not to write
consent-anything = Agrees to be written to
consent-nothing-on = Asked us not to write by { $channel }, nor to send offers by any channel
consent-anything-on = Agrees to be written to by { $channel }
author-phone-app = From the business's phone
message-referral-named = Came through the ad «{ $headline }»
message-referral-open = See the ad
message-forwarded = Forwarded
message-forwarded-often = Forwarded many times
message-product = Asks about the product { $product }
message-revoked = Deleted by the customer
message-revoked-by-us = Deleted
message-see-original = See the original
message-edited = edited
message-see-raw = See data
message-unsupported-do = Ask them to send it another way, as text or a photo.
line-changed-number = { $name } has a new WhatsApp number
line-changed-id = WhatsApp changed the id of { $name }
reaction-customer = The customer reacted with { $emoji }
reaction-us = We reacted with { $emoji }
details-consent = Consent
message-form-address = Delivery address
form-name = Name
form-address = Address
form-city = City
form-state = State
form-post-code = Postcode
form-house = House
form-building = Building
form-floor = Floor
form-tower = Tower
form-unit = Unit
form-landmark = Landmark
form-email = Email
unsupported-poll = poll
unsupported-video-note = video note
unsupported-live-location = live location
unsupported-edit = correction
unsupported-group-invite = group invitation
unsupported-event = event
unsupported-media = file from before the connection
message-referral-post = Came from a post
message-referral-post-named = Came from the post “{ $headline }”
message-referral-post-open = See the post
details-same = The same person
details-join = Join
details-join-with = Join with { $name }
details-joined-on = Joined on
details-part = Separate
details-part-from = Separate from { $name }
alike-message = One message came with the data of both
alike-number = Changed to a number that this person has
details-tags = Tags

# Who else is there
company-viewing = { $others ->
    [0] { $name } is viewing this conversation too
    [one] { $name } and one other are viewing this conversation too
   *[other] { $name } and { $others } others are viewing this conversation too
}
company-typing = { $others ->
    [0] { $name } is typing…
    [one] { $name } and one other are typing…
   *[other] { $name } and { $others } others are typing…
}
composer-send-anyway = Send as it is
dock-answer-beside = Answer too

# The past above
past-of = Conversation of
past-what = { $channel } · { $queue } · { $state }
past-closed-by = closed by { $name }
past-closed = closed
past-open = open
past-more = See the conversation before
parallel-what = Also by { $what }
past-open-with = open, with { $name }
parallel-show = Show here
