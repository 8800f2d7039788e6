refusal-window-closed = The 24-hour window has closed. You can only send an approved template.
refusal-no-offers = They asked for no more offers. You can write to them about other things, but not send this template.
refusal-opted-out = They asked not to be written to on this channel. Reach them another way.
refusal-conversation-closed = The conversation is already resolved.
refusal-already-closed = Someone else resolved it a moment ago.
refusal-empty = Write something before sending.
refusal-too-long = The text has { $length } characters and this channel takes { $longest }. Shorten it or split it in two.
refusal-not-resendable = This message is on its way or has arrived. Sending it again would double it.
refusal-held-by = { $name } already has this conversation.
refusal-offered-to = It is being offered to { $name }. If they don’t answer within seconds, you can take it.
refusal-held-by-nobody = Someone changed this conversation a moment ago. Look at it and try again.
refusal-target-outside-queue = That person does not serve this queue.
refusal-target-offline = That person is not connected. Choose someone else.
refusal-full = You hold as many conversations as you may. Resolve one to take another.
refusal-not-available = You are not available. Change your state to take the next one.
refusal-same-contact = It is the same contact.
refusal-joined-before = That contact was joined with another already. Reload the page to see where it is.
refusal-parted-before = They were parted already.
refusal-joined-since = The contact was joined with another since. Part those first.
refusal-same-number = Both have the same number, written in two ways. They cannot be parted.
refusal-changed-since = Addresses or conversations changed since, so nobody can tell any more whose is what.
refusal-wrote-since = The customer went on writing in the conversation of both, so they cannot be parted any more.
refusal-not-yet = The vendor asks not to try again before { $when }.
refusal-offer-over = This offer no longer stands.
refusal-no-websocket = This address is for open pages of Bandeja.
refusal-other-team = It was handed to another team. If nobody there takes it, it is the whole queue’s again.
refusal-unknown-pause = That break is not on the list. Choose one from the menu.
refusal-pause-full = { $count ->
    [0] Nobody from { $queue } may be on { $pause } right now.
   *[other] { $count } from { $queue } are already on { $pause }. Wait until somebody is back.
}
refusal-card-changed-since = Somebody else changed this while you were editing. Yours is still here and not saved yet: look it over and save again.
refusal-card-unread = We did not understand what was sent. Open the contact’s details again.
refusal-consent-unproven = Write how the person said so, in less than 300 characters.
