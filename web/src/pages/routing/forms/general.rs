//! The order of what waits, and what a conversation of each kind of channel takes.

use domain::ChannelKind;
use routing::{Policy, policy::Order};
use views::routing::{
    Typed,
    form::{Choices, Control, Maker, Part},
    words::kind_word,
};

use super::Reader;

pub fn fill(policy: &Policy) -> Typed {
    let mut typed = Typed::default();
    typed.set_span("target", Some(policy.order.target));
    typed.set_span("per_priority", Some(policy.order.per_priority));
    typed.set_span("vip", Some(policy.order.vip));
    for kind in ChannelKind::ALL {
        typed.set(&format!("weight.{kind}"), policy.weight(*kind));
    }
    typed
}

pub fn parts(make: Maker<'_>) -> Vec<Part> {
    let tx = make.tx;
    let kinds: Choices =
        ChannelKind::ALL.iter().map(|kind| (kind.to_string(), kind_word(*kind).to_owned())).collect();
    let weights = kinds
        .into_iter()
        .map(|(kind, word)| {
            let mut field =
                make.field(&format!("weight.{kind}"), "routing-weight", Control::Number(0, 1_000));
            field.label = word;
            field
        })
        .collect();
    vec![
        Part {
            about: Some(tx.t("routing-part-order-about")),
            ..make.part(
                "order",
                "routing-part-order",
                vec![
                    make.field("target", "routing-order-target", Control::Span)
                        .hint(tx.t("routing-order-target-hint")),
                    make.field("per_priority", "routing-order-priority", Control::Span)
                        .hint(tx.t("routing-order-priority-hint")),
                    make.field("vip", "routing-order-vip", Control::Span)
                        .hint(tx.t("routing-order-vip-hint")),
                ],
            )
        },
        Part {
            about: Some(tx.t("routing-part-weights-about")),
            ..make.part("weights", "routing-part-weights", weights)
        },
    ]
}

pub fn apply(reader: &mut Reader<'_>, policy: &mut Policy) {
    let usual = Order::default();
    policy.order = Order {
        target: reader.span("target").unwrap_or(usual.target),
        per_priority: reader.span("per_priority").unwrap_or(usual.per_priority),
        vip: reader.span("vip").unwrap_or(usual.vip),
    };
    for kind in ChannelKind::ALL {
        // One slot is what holds where nothing is said.
        match reader.number::<u32>(&format!("weight.{kind}")) {
            None | Some(1) => policy.weights.remove(kind),
            Some(slots) => policy.weights.insert(*kind, slots),
        };
    }
}
