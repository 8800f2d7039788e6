//! Bodies that are meant to break something: stored or put into quarantine, and whoever stands beside them goes on.

use std::{collections::BTreeSet, fs, path::Path};

use inbox::{
    Wakes,
    ledger::{Ledger, Receipt, Source},
};
use serde_json::{Value, json};
use testing::{PHONE_NUMBER_ID, TWILIO_ACCOUNT, WABA, meta};

use crate::books::Books;

const AT: i64 = 1_790_000_000;

/// What is in the gateway's folder of fixtures, sent to numbers of ours.
fn fixtures(vendor: &str, names: &[&str]) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../channel-gateway/fixtures").join(vendor);
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            let wanted = name.starts_with("hostile_") || names.contains(&name.as_str());
            wanted.then(|| (name, fs::read(path).unwrap()))
        })
        .collect();
    found.sort();
    assert!(found.len() >= names.len(), "{names:?}");
    for (name, body) in &mut found {
        let text = String::from_utf8(std::mem::take(body)).unwrap();
        *body = text
            .replace("200000000000001", PHONE_NUMBER_ID)
            .replace("100000000000001", WABA)
            // What the fixtures say is what our reasons say too; a word of nobody's can be looked for.
            .replace("\"no object\"", "\"Zanahoria\"")
            .replace("\"no list\"", "\"Zanahoria\"")
            .replace("wamid.", &format!("wamid.{name}."))
            .replace("AC00000000000000000000000000000001", TWILIO_ACCOUNT)
            .into_bytes();
    }
    found
}

/// What somebody wrote or is called by; not the vendor's own words.
fn said(value: &Value, under: &str, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !["field", "object", "type", "messaging_product"].contains(&under) => {
            words.insert(text.clone());
        }
        Value::Array(all) => all.iter().for_each(|one| said(one, under, words)),
        Value::Object(all) => all.iter().for_each(|(name, one)| said(one, name, words)),
        _ => {}
    }
}

fn words(body: &[u8]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => said(&value, "", &mut words),
        Err(_) => words.extend(
            String::from_utf8_lossy(body)
                .split(['&', '='])
                .filter(|part| !part.contains("Sid"))
                .map(str::to_owned),
        ),
    }
    words.retain(|word| word.chars().count() > 3);
    words
}

#[tokio::test]
async fn nothing_that_is_sent_to_break_us_is_lost_or_stops_what_comes_beside_it() {
    let books = Books::open().await;
    let (ledger, _writer) = Ledger::start(books.db().clone(), Wakes::default());
    // A value that this Postgres has no room for, whatever it is: an index, a nesting, a row.
    books
        .run(
            "create function too_much() returns trigger language plpgsql as $$
             begin
                 if new.body = 'Zanahoria' then raise 'no room for %', new.body using errcode = '54000'; end if;
                 return new;
             end $$",
            [],
        )
        .await;
    books
        .run("create trigger too_much before insert on message for each row execute function too_much()", [])
        .await;

    let mut hostile: Vec<(String, Source, Vec<u8>)> = Vec::new();
    let named = ["nul_and_lone_surrogate", "broken_among_good", "numbers_as_text_and_text_as_numbers"];
    hostile
        .extend(fixtures("whatsapp", &named).into_iter().map(|(name, body)| (name, Source::Whatsapp, body)));
    let named =
        ["message_nul", "message_repeated_names", "message_without_sid", "message_place_out_of_this_world"];
    hostile.extend(
        fixtures("twilio", &named).into_iter().map(|(name, body)| (name, Source::TwilioMessage, body)),
    );
    let mut thousand: Vec<Value> =
        (0..1000).map(|n| meta::text("51987412306", &format!("wamid.k{n}"), AT + n, "una de mil")).collect();
    thousand[500] = json!({"from": "51987412306", "timestamp": "Zanahoria", "type": "text"});
    hostile.push(("a thousand".into(), Source::Whatsapp, meta::messages(&thousand)));
    let long = meta::text("51987412306", "wamid.long", AT, &"z".repeat(3 << 20));
    hostile.push(("3 MB".into(), Source::Whatsapp, meta::messages(&[long])));
    let much = meta::text("51987412306", "wamid.much", AT, "Zanahoria");
    hostile.push(("no room".into(), Source::Whatsapp, meta::messages(&[much])));
    let deep = format!("{}\"Zanahoria\"{}", "[".repeat(100_000), "]".repeat(100_000));
    hostile.push(("deep".into(), Source::Whatsapp, deep.into_bytes()));
    hostile.push(("no text at all".into(), Source::Whatsapp, vec![0xff, 0xfe, 0, b'{']));
    hostile.push(("nothing".into(), Source::Whatsapp, Vec::new()));

    for (n, (name, source, body)) in hostile.iter().enumerate() {
        let receipt = Receipt { source: *source, query: String::new(), body: body.clone() };
        ledger.take(receipt).await.unwrap();
        let beside = meta::text("51911111111", &format!("wamid.beside.{n}"), AT, "al lado");
        let receipt =
            Receipt { source: Source::Whatsapp, query: String::new(), body: meta::messages(&[beside]) };
        ledger.take(receipt).await.unwrap();
        if name == "3 MB" {
            // What follows fails its batch again and again: not with the heavy ones in it, which only takes longer.
            books.apply().await;
        }
    }
    books.apply().await;

    let count = async |sql: &str| books.one::<i64>(sql).await;
    assert_eq!(count("select count(*) from receipt where state = 'new'").await, 0);
    assert_eq!(count("select count(*) from receipt").await, 2 * i64::try_from(hostile.len()).unwrap());
    let beside = count("select count(*) from message where body = 'al lado'").await;
    assert_eq!(beside, i64::try_from(hostile.len()).unwrap(), "every neighbour is there");
    assert_eq!(count("select count(*) from message where body = 'una de mil'").await, 999);
    assert_eq!(count("select max(length(body))::bigint from message").await, 3 << 20);
    let good = [
        "broken_among_good.G1",
        "hostile_giant_numbers.G1",
        "hostile_repeated_names.D2",
        "nul_and_lone_surrogate.NUL",
    ];
    for good in good {
        let sql = format!("select count(*) from message where vendor_id = 'wamid.{good}'");
        assert_eq!(count(&sql).await, 1, "{good} among the broken");
    }

    let rows = books
        .rows(
            "select r.body, r.state, array_agg(q.reason) filter (where q.reason is not null) as reasons
             from receipt r left join quarantine q on q.receipt_id = r.id group by r.id order by r.id",
        )
        .await;
    for (row, (name, _, sent)) in rows.iter().step_by(2).zip(&hostile) {
        let body: Vec<u8> = row.try_get_by("body").unwrap();
        assert!(body == *sent, "{name}: kept as it came");
        let state: String = row.try_get_by("state").unwrap();
        let reasons: Option<Vec<String>> = row.try_get_by("reasons").unwrap();
        assert_eq!(state == "quarantined", reasons.is_some(), "{name}: {state} for {reasons:?}");
        let words = words(sent);
        for reason in reasons.iter().flatten() {
            assert!(!reason.is_empty(), "{name}");
            let told = words.iter().find(|word| reason.contains(word.as_str()));
            assert_eq!(told, None, "{name}: {reason}");
        }
    }
    let broken = |name: &str| {
        let at = hostile.iter().position(|(named, ..)| named == name).unwrap();
        rows[at * 2].try_get_by::<Vec<String>, _>("reasons").unwrap()
    };
    assert_eq!(broken("no room"), ["the database refuses it: 54000"]);
    for name in ["deep", "no text at all", "nothing", "a thousand"] {
        assert_eq!(broken(name).len(), 1, "{name}");
    }
}
