side-title = Queues and views
list-title = Conversations
list-mine = Mine
list-open-count = { $count ->
    [one] { $count } open
   *[other] { $count } open
}
list-sort-again = Sort again
list-empty-title = All clear
list-empty = New conversations appear here.
row-window-closed = closed
row-waiting = Time waiting for an answer
kind-text = Message
kind-image = Photo
kind-audio = Audio
kind-voice = Voice note
kind-video = Video
kind-document = Document
kind-sticker = Sticker
kind-location = Location
kind-contacts = Contact
kind-choice = Picked option
kind-form = Form
kind-reaction = Took the reaction back
kind-order = Order
kind-template = Template
kind-system = Notice from WhatsApp
kind-edit = Edited message
kind-revoke = Deleted message
kind-welcome = Opened the chat
kind-unsupported = Unsupported message
preview-reaction = Reacted with { $text }
preview-edit = Edited: { $text }
