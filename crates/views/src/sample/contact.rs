//! What is known of a contact.

use chrono::TimeDelta;
use domain::{Attribute, AttributeKind, ConversationState, IdentityKind, NationalId};

use crate::{
    Alike, ConsentLine, Details, IdentityLine, JoinLine, PreviousConversation, Spent, Tags, Tx,
    card::{CardDialog, CardField},
    details::{Standing, VendorBlock},
    known::Hidden,
};

use super::{id, known, now, whatsapp};

/// What a company may want to know of its contacts.
#[must_use]
pub fn attributes() -> Vec<Attribute> {
    let field = |key: &str, name: &str, kind, sensitive| Attribute {
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        sensitive,
    };
    let options = vec!["Oro".to_owned(), "Plata".to_owned()];
    vec![
        field("plan", "Plan", AttributeKind::Choice { options }, false),
        field("rut", "RUT", AttributeKind::NationalId { of: NationalId::Rut }, true),
        field("nacimiento", "Fecha de nacimiento", AttributeKind::Date, false),
        field("convenio", "Convenio", AttributeKind::Flag, false),
        field("ficha", "Ficha", AttributeKind::Link, false),
    ]
}

/// The card of the contact, with a plan that is offered no longer.
#[must_use]
pub fn card(tx: Tx) -> CardDialog {
    let fields = known::fields(false).into_iter().map(|line| CardField {
        hidden: line.hidden != Hidden::No,
        value: match line.attribute.key.as_str() {
            "plan" => "Bronce".to_owned(),
            _ if line.hidden != Hidden::No => line.value,
            _ => line.attribute.kind.shown(&line.value),
        },
        attribute: line.attribute,
    });
    CardDialog {
        tx,
        contact: id(3, 1),
        version: 3,
        name: "Lucía Fernández".to_owned(),
        longest: 200,
        vip: true,
        owner: None,
        people: vec![(id(1, 1), "Mateo Rojas".to_owned())],
        language: "pt".to_owned(),
        languages: vec!["es".to_owned(), "pt".to_owned()],
        fields: fields.collect(),
    }
}

/// The contact panel, full or masked.
#[must_use]
pub fn details(masked: bool) -> Details {
    let phone = if masked { crate::details::mask("+51987412306") } else { "+51987412306".to_owned() };
    Details {
        conversation: id(2, 1),
        version: 2,
        contact: id(3, 1),
        name: "Lucía Fernández".to_owned(),
        vip: true,
        owner: Some("Mateo Rojas".to_owned()),
        language: Some("pt".to_owned()),
        collected: known::collected(masked),
        fields: known::fields(masked),
        may_update: !masked,
        may_merge: true,
        may_block: true,
        blocked: false,
        vendor_blocks: vec![
            VendorBlock {
                channel: "Sonrisas Lima".to_owned(),
                on: true,
                standing: Standing::Refused(131_047, "<b>no</b>".to_owned()),
            },
            VendorBlock { channel: "Sonrisas Cusco".to_owned(), on: true, standing: Standing::Done },
            VendorBlock { channel: "Sonrisas Ica".to_owned(), on: true, standing: Standing::Asked },
        ],
        identities: vec![
            IdentityLine { kind: IdentityKind::Phone, text: phone, masked },
            IdentityLine { kind: IdentityKind::Bsuid, text: "PE.4012998877".to_owned(), masked: false },
        ],
        channel: whatsapp(),
        first_seen: now() - TimeDelta::days(820),
        consents: vec![
            ConsentLine {
                purpose: domain::consent::Purpose::Anything,
                channel: Some("Sonrisas SMS".to_owned()),
                given: false,
                proof: "STOP".to_owned(),
                at: now() - TimeDelta::days(3),
            },
            ConsentLine {
                purpose: domain::consent::Purpose::Marketing,
                channel: None,
                given: false,
                proof: "BAJA".to_owned(),
                at: now() - TimeDelta::days(80),
            },
        ],
        alike: vec![Alike { contact: id(3, 9), name: "Lucía F.".to_owned(), why: "alike-message" }],
        joined: vec![JoinLine {
            id: "1".to_owned(),
            name: "Lucy".to_owned(),
            at: now() - TimeDelta::days(3),
        }],
        spent: Spent { conversation: id(2, 1), costs: vec![("USD".to_owned(), 45_800, 1)] },
        tags: Tags {
            conversation: id(2, 1),
            version: 9,
            tags: vec!["endodoncia".to_owned(), "seguro-rímac".to_owned()],
        },
        more_previous: true,
        previous: vec![
            PreviousConversation {
                id: id(2, 90),
                opened_at: now() - TimeDelta::days(98),
                is_before: true,
                queue: "Ventas".to_owned(),
                holder: Some("Mateo Rojas".to_owned()),
                state: ConversationState::Closed,
                outcome: Some("Venta › Blanqueamiento".to_owned()),
                note: Some("Vuelve en marzo <b>con</b> su hermana".to_owned()),
            },
            PreviousConversation {
                id: id(2, 91),
                opened_at: now() - TimeDelta::days(262),
                is_before: true,
                queue: "Citas".to_owned(),
                holder: None,
                state: ConversationState::Closed,
                outcome: None,
                note: None,
            },
        ],
    }
}
