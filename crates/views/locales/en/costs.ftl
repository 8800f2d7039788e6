costs-export = Export CSV
costs-earlier = Month before
costs-later = Month after
costs-none-title = No costs this month
costs-none = A message costs when it is delivered; it shows up here at that moment.
costs-total = Cost
costs-estimated = estimated
costs-parts = Meta { $vendor } + Twilio { $carrier }
costs-messages = Messages
costs-billed = { $count ->
    [one] { $count } billed
   *[other] { $count } billed
}
costs-unknown = Cost unknown
costs-unknown-about = messages; not in the sum
costs-without = { $count ->
    [one] { $count } without a known price
   *[other] { $count } without a known price
}
costs-free = Free this month
costs-free-about = service messages, by Meta's labels
costs-amount = Amount
costs-by-day = By day
costs-by-category = By category
costs-by-agent = By agent
costs-by-queue = By queue
costs-by-market = By market
costs-nobody = Nobody
costs-compared = Compared with Meta
costs-compared-none = Meta's books tell nothing of this number for this month.
costs-read = read
costs-ours = Ours
costs-theirs = Meta
costs-difference = Difference
costs-cards = Rate cards
costs-card-from = from { $day }
costs-card-read = read on { $day }
costs-estimate-about = What follows from a card is an estimate: volume tiers, rounding and taxes are only in the invoice.
costs-billing = The account's billing
costs-billing-assumed = assumed
costs-billing-person = set
costs-billing-vendor = by the vendor
costs-currency = Currency
costs-zone = Time zone
costs-zone-about = By name, as in America/Bogota: the days and months of the account begin in it. It counts for what is posted from now on.
costs-zone-wrong = There is no such time zone. Write it as America/Bogota.
costs-currency-wrong = That currency is not on the list.
costs-save = Save
costs-saved = Saved
cost-was = cost { $amount }
cost-about = cost about { $amount }
cost-card = card { $day }
cost-category-marketing = marketing
cost-category-marketing-lite = marketing (MM)
cost-category-utility = utility
cost-category-authentication = authentication
cost-category-authentication-international = international authentication
cost-category-service = service
cost-category-referral = arrival by an ad
cost-category-ai = AI assistant
cost-category-inbound = inbound
cost-category-unknown = no category
cost-basis-free = free
cost-basis-entry = free by an ad
cost-basis-failed = not delivered
cost-market-latam = Rest of Latin America
cost-market-na = North America
cost-market-other = Other
cost-market-unknown = No country
cost-unknown-market = cost unknown: the address names no country
cost-unknown-card = cost unknown: no card in that currency for that day
cost-unknown-on-card = cost unknown: the market is not on the card
cost-unknown-available = cost unknown: the card has no price for that category
cost-unknown-category = cost unknown: the category is missing
cost-unknown-told = plus Meta's fee, which the vendor does not tell
details-cost = Cost
details-cost-unknown = { $count ->
    [one] { $count } message without a known price
   *[other] { $count } messages without a known price
}
costs-month-of = { $month ->
    [m1] January
    [m2] February
    [m3] March
    [m4] April
    [m5] May
    [m6] June
    [m7] July
    [m8] August
    [m9] September
    [m10] October
    [m11] November
   *[m12] December
} { $year }
costs-card-source = Source: { $source }
cost-next = Costs about { $amount }
cost-at-least = Costs { $amount } or more
cost-not-known = Cost not known
cost-since = price since { $day }
cost-unknown-carrier = the carrier tells what it cost after it was sent
