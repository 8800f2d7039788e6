//! What messages cost, told at the days on which the rules change.
#![expect(clippy::unwrap_used, reason = "a story that can't be told fails at once, saying where")]

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::{America, Tz};
use domain::ChannelKind::{self, TwilioSms, TwilioWhatsapp, WhatsappCloud};
use pricing::{
    Basis, Category, Cost, Currency, Facts, Fee, Label, Micros, Plan, Sent, Unknown, cost_of,
    inbound_cost_of, quote,
};
use proptest::prelude::*;

const LIMA: Tz = America::Lima;
const ANA: &str = "51987412306";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn label(basis: Basis, category: Category) -> Label {
    Label { basis, category: Some(category), told: None }
}

fn facts<'a>(channel: ChannelKind, recipient: &'a str, when: &str, label: Option<&'a Label>) -> Facts<'a> {
    Facts {
        channel,
        recipient,
        currency: Currency::USD,
        zone: LIMA,
        at: at(when),
        sent: Sent::Delivered,
        label,
        category: Some(Category::Service),
        in_window: true,
        price: None,
    }
}

fn micros(cost: &Cost) -> Option<i64> {
    match &cost.vendor {
        Fee::Known { micros, .. } => Some(micros.0),
        Fee::Unknown(_) => None,
    }
}

fn meta(recipient: &str, when: &str, basis: Basis, category: Category) -> Cost {
    let label = label(basis, category);
    cost_of(&facts(WhatsappCloud, recipient, when, Some(&label))).unwrap()
}

#[test]
fn the_rate_changes_at_midnight_of_the_accounts_time_zone() {
    // Lima is five hours behind: its first of October begins at five in the morning.
    let before = meta(ANA, "2026-10-01T04:59:59Z", Basis::Regular, Category::Utility);
    assert_eq!((before.day, micros(&before)), ("2026-09-30".parse().unwrap(), Some(20_000)));
    let after = meta(ANA, "2026-10-01T05:00:00Z", Basis::Regular, Category::Utility);
    assert_eq!((after.day, micros(&after)), ("2026-10-01".parse().unwrap(), Some(30_000)));
    assert_eq!(
        after.vendor,
        Fee::Known { micros: Micros(30_000), estimated: true, card: "meta USD 2026-10-01".to_owned() }
    );
}

#[test]
fn the_vendors_label_decides_whether_it_is_billed() {
    for basis in [Basis::FreeCustomerService, Basis::FreeEntryPoint] {
        let free = meta(ANA, "2026-11-22T12:00:00Z", basis, Category::Service);
        assert_eq!((micros(&free), free.basis), (Some(0), basis));
        assert!(matches!(free.vendor, Fee::Known { estimated: false, .. }));
    }
    // The month's free ones are the vendor's to count: labelled regular, the very first is billed.
    assert_eq!(micros(&meta(ANA, "2026-11-01T12:00:00Z", Basis::Regular, Category::Service)), Some(30_000));
}

#[test]
fn what_no_card_tells_is_unknown_and_says_why() {
    let why = |cost: Cost| match cost.vendor {
        Fee::Unknown(why) => why,
        Fee::Known { .. } => panic!("{cost:?}"),
    };
    let now = "2026-11-22T12:00:00Z";
    assert_eq!(why(meta("33612345678", now, Basis::Regular, Category::Utility)), Unknown::NotOnCard);
    assert_eq!(why(meta("nobody", now, Basis::Regular, Category::Utility)), Unknown::NoMarket);
    assert_eq!(
        why(meta(ANA, now, Basis::Regular, Category::AuthenticationInternational)),
        Unknown::NotAvailable,
        "n/a is not zero"
    );
    assert_eq!(why(meta(ANA, now, Basis::Regular, Category::MarketingLite)), Unknown::NotAvailable);
    assert_eq!(why(meta(ANA, "2026-06-30T12:00:00Z", Basis::Regular, Category::Utility)), Unknown::NoCard);
    // Billed as a service before service was: the card of that day has no price for it.
    assert_eq!(
        why(meta(ANA, "2026-09-30T12:00:00Z", Basis::Regular, Category::Service)),
        Unknown::NotAvailable
    );
    let nameless = Label { basis: Basis::Regular, category: None, told: None };
    assert_eq!(why(cost_of(&facts(WhatsappCloud, ANA, now, Some(&nameless))).unwrap()), Unknown::NoCategory);
    let label = label(Basis::Regular, Category::Utility);
    let euros = Facts { currency: "EUR".parse().unwrap(), ..facts(WhatsappCloud, ANA, now, Some(&label)) };
    assert_eq!(why(cost_of(&euros).unwrap()), Unknown::NoCard);
    let pesos = Facts { currency: "COP".parse().unwrap(), ..euros };
    assert_eq!(cost_of(&pesos).as_ref().and_then(micros), Some(110_454_500));
}

#[test]
fn the_vendors_own_figure_goes_before_any_card() {
    let told = Some((Micros(9_100), "EUR".parse().unwrap()));
    let label = Label { basis: Basis::Regular, category: Some(Category::MarketingLite), told };
    let cost = cost_of(&facts(WhatsappCloud, ANA, "2026-11-22T12:00:00Z", Some(&label))).unwrap();
    assert_eq!((micros(&cost), cost.currency.as_str()), (Some(9_100), "EUR"));
}

#[test]
fn meta_charges_nothing_for_what_did_not_arrive_and_says_nothing_without_a_label() {
    let label = label(Basis::Regular, Category::Marketing);
    let failed =
        Facts { sent: Sent::Failed, ..facts(WhatsappCloud, ANA, "2026-11-22T12:00:00Z", Some(&label)) };
    assert_eq!(cost_of(&failed), None);
    assert_eq!(cost_of(&facts(WhatsappCloud, ANA, "2026-11-22T12:00:00Z", None)), None, "it will tell later");
}

#[test]
fn twilio_charges_for_carrying_and_passes_metas_fee_for_templates_on() {
    let november = "2026-11-22T12:00:00Z";
    let send = |when, category, in_window| {
        cost_of(&Facts { category, in_window, ..facts(TwilioWhatsapp, ANA, when, None) }).unwrap()
    };
    let offer = send(november, Some(Category::Marketing), false);
    assert_eq!((offer.carrier, micros(&offer)), (Micros(5_000), Some(70_300)));
    assert_eq!(offer.carrier_card.as_deref(), Some("twilio USD 2025-07-01"));
    // Free text: free until the rules changed; since then Twilio's list does not tell.
    assert_eq!(micros(&send("2026-10-01T04:59:59Z", Some(Category::Service), true)), Some(0));
    let since = send("2026-10-01T05:00:00Z", Some(Category::Service), true);
    assert_eq!((since.vendor, since.carrier), (Fee::Unknown(Unknown::NotTold), Micros(5_000)));
    // A utility template in the window was free, outside it never was.
    assert_eq!(micros(&send("2026-09-30T12:00:00Z", Some(Category::Utility), true)), Some(0));
    assert_eq!(micros(&send("2026-09-30T12:00:00Z", Some(Category::Utility), false)), Some(20_000));
    assert_eq!(micros(&send(november, Some(Category::Utility), true)), Some(30_000));
    assert_eq!(send(november, None, false).vendor, Fee::Unknown(Unknown::NoCategory));

    let failed =
        cost_of(&Facts { sent: Sent::Failed, ..facts(TwilioWhatsapp, ANA, november, None) }).unwrap();
    assert_eq!((failed.carrier, micros(&failed), failed.basis), (Micros(1_000), Some(0), Basis::Failed));
}

#[test]
fn a_customers_message_costs_what_the_carrier_takes() {
    let now = at("2026-11-22T12:00:00Z");
    assert_eq!(inbound_cost_of(WhatsappCloud, ANA, LIMA, now, None), None);
    let carried = inbound_cost_of(TwilioWhatsapp, "whatsapp:+51987412306", LIMA, now, None).unwrap();
    assert_eq!(
        (carried.carrier, carried.category, carried.market.as_str()),
        (Micros(5_000), "inbound", "PE")
    );
    assert_eq!(inbound_cost_of(TwilioSms, ANA, LIMA, now, None), None, "only the carrier's list tells");
    let price = Micros::parse("-0.00750").map(|micros| (micros, Currency::USD));
    let listed = inbound_cost_of(TwilioSms, ANA, LIMA, now, price).unwrap();
    assert_eq!((micros(&listed), listed.basis), (Some(7_500), Basis::VendorPrice));
}

#[test]
fn the_price_of_an_sms_is_the_carriers() {
    let sms = facts(TwilioSms, ANA, "2026-11-22T12:00:00Z", None);
    assert_eq!(cost_of(&sms), None);
    let price = Micros::parse("-0.0411").map(|micros| (micros, Currency::USD));
    let cost = cost_of(&Facts { price, ..sms }).unwrap();
    assert_eq!(
        cost.vendor,
        Fee::Known { micros: Micros(41_100), estimated: false, card: "vendor".to_owned() }
    );
}

#[test]
fn a_plan_is_quoted_by_the_rules_of_its_day() {
    let plan = |category| Plan {
        channel: WhatsappCloud,
        recipient: "573001112233",
        category,
        currency: Currency::USD,
        zone: LIMA,
        in_window: true,
        free_entry_until: None,
        free_used: 999,
    };
    let fee = |plan: &Plan<'_>, when| match quote(plan, at(when)).unwrap().vendor {
        Fee::Known { micros, .. } => Some(micros.0),
        Fee::Unknown(_) => None,
    };
    let (before, since) = ("2026-10-01T04:59:59Z", "2026-10-01T05:00:00Z");
    let service = plan(Category::Service);
    assert_eq!(fee(&service, before), Some(0));
    assert_eq!(fee(&service, since), Some(0), "one of the thousand is left");
    assert_eq!(quote(&service, at(since)).unwrap().free_left, Some(1));
    let used_up = Plan { free_used: 1_000, ..service };
    assert_eq!(fee(&used_up, since), Some(800));
    assert_eq!(fee(&plan(Category::Utility), before), Some(0));
    assert_eq!(fee(&plan(Category::Utility), since), Some(800));
    let by_an_ad = Plan { free_entry_until: Some(at("2026-11-25T12:00:00Z")), ..plan(Category::Marketing) };
    assert_eq!(fee(&by_an_ad, "2026-11-25T11:59:59Z"), Some(0));
    assert_eq!(fee(&by_an_ad, "2026-11-25T12:00:00Z"), Some(12_500), "at the second");
    let sms = Plan { channel: TwilioSms, ..plan(Category::Service) };
    assert_eq!(quote(&sms, at(since)), None);
    let carried = Plan { channel: TwilioWhatsapp, ..plan(Category::Marketing) };
    assert_eq!(quote(&carried, at(since)).unwrap().carrier, Micros(5_000));
}

proptest! {
    #[test]
    fn whatever_is_asked_a_cost_is_never_negative_and_an_unknown_never_zero(
        recipient in "[0-9]{5,15}|[A-Z]{2}\\.[0-9]{1,8}|.{0,12}",
        category in prop::sample::select(Category::ALL.to_vec()),
        basis in prop::sample::select(vec![Basis::Regular, Basis::FreeCustomerService, Basis::FreeEntryPoint]),
        days in -400_i64..400,
    ) {
        let when = at("2026-10-01T00:00:00Z") + chrono::TimeDelta::days(days);
        let label = label(basis, category);
        let cost = cost_of(&Facts { at: when, ..facts(WhatsappCloud, &recipient, "2026-10-01T00:00:00Z", Some(&label)) });
        let cost = cost.unwrap();
        let day: NaiveDate = when.with_timezone(&LIMA).date_naive();
        prop_assert_eq!(cost.day, day);
        match cost.vendor {
            Fee::Known { micros, .. } if basis == Basis::Regular => prop_assert!(micros.0 > 0),
            Fee::Known { micros, .. } => prop_assert_eq!(micros.0, 0),
            Fee::Unknown(_) => prop_assert_eq!(basis, Basis::Regular, "a label that says free is believed"),
        }
    }
}
