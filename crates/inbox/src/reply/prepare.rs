//! From what somebody asks to send to what will be sent: tidied, with what it refers to looked up, and found without a
//! flaw before anything is written down.

use chrono::{DateTime, Utc};
use domain::{
    ChannelKind, ConversationId, FileId, MessageId, Principal, TemplateId,
    content::{Content, Media},
    limits::{self, Flaw, Part, Problem},
    template::{Filling, TemplateMessage, ValueFlaw},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde_json::Value;

use super::ReplyError;
use crate::{
    rows,
    templates::{self, FillError},
};

const fn flawed(part: Part, problem: Problem) -> ReplyError {
    ReplyError::Flawed(Flaw { part, problem })
}

/// The content without what no table takes and no phone shows: browsers' line ends made one, no NUL, a text without blank
/// edges. What a vendor said about a file is not for anybody else to say.
pub(super) fn tidy(content: &Content) -> Result<Content, DbErr> {
    fn walk(value: &mut Value) {
        match value {
            Value::String(text) if text.contains(['\0', '\r']) => {
                *text = text.replace("\r\n", "\n").replace('\0', "");
            }
            Value::Array(all) => all.iter_mut().for_each(walk),
            Value::Object(all) => all.values_mut().for_each(walk),
            _ => {}
        }
    }

    let unreadable = |error: serde_json::Error| DbErr::Json(error.to_string());
    let mut value = serde_json::to_value(content).map_err(unreadable)?;
    walk(&mut value);
    let mut content: Content = serde_json::from_value(value).map_err(unreadable)?;
    if let Content::Text { body } = &mut content {
        *body = body.trim_end().trim_start_matches('\n').to_owned();
    }
    if let Some(media) = content.media_mut() {
        *media = Media {
            file: media.file,
            url: media.url.take().filter(|_| media.file.is_none()),
            caption: media.caption.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            filename: media.filename.take(),
            voice: media.voice,
            animated: media.animated,
            ..Media::default()
        };
    }
    Ok(content)
}

/// The vendor's id of the message that is answered or reacted to.
pub(super) async fn refer(
    tx: &DatabaseTransaction,
    (talk, kind): (ConversationId, ChannelKind),
    content: &mut Content,
    reply_to: Option<MessageId>,
) -> Result<Option<String>, ReplyError> {
    #[derive(FromQueryResult)]
    struct Named {
        vendor_id: Option<String>,
        kind: String,
    }

    let named: Vec<Named> = match (&*content, reply_to) {
        (_, Some(message)) => {
            rows::all(
                tx,
                "select vendor_id, kind from message where id = $1 and conversation_id = $2",
                [message.into(), talk.into()],
            )
            .await?
        }
        (Content::Reaction { target, .. }, None) => {
            rows::all(
                tx,
                "select vendor_id, kind from message where vendor_id = $1 and conversation_id = $2",
                [target.as_str().into(), talk.into()],
            )
            .await?
        }
        (_, None) => return Ok(None),
    };
    let named = named.into_iter().next().ok_or(ReplyError::NotFound)?;
    // One of ours that has not left yet has no name that the vendor would know.
    let vendor_id = named.vendor_id.ok_or_else(|| flawed(Part::Target, Problem::Missing))?;
    match content {
        Content::Reaction { .. } if named.kind == "reaction" => Err(flawed(Part::Target, Problem::Malformed)),
        Content::Reaction { target, .. } => {
            *target = vendor_id;
            Ok(None)
        }
        Content::Template(_) => Err(flawed(Part::Target, Problem::NotTaken)),
        _ if !limits::quotes(kind) => Err(flawed(Part::Target, Problem::NotTaken)),
        _ => Ok(Some(vendor_id)),
    }
}

/// The template as its account has it: only approved ones, with a value for each place, and shown as the customer will
/// read it, whatever the browser says.
pub(super) async fn template(
    tx: &DatabaseTransaction,
    account_key: &str,
    message: &mut TemplateMessage,
) -> Result<(), ReplyError> {
    #[derive(FromQueryResult)]
    struct Named {
        id: TemplateId,
    }

    let missing = || flawed(Part::Template, Problem::Missing);
    let id = match message.template {
        Some(id) => id,
        None => {
            let named: Vec<Named> = rows::all(
                tx,
                "select id from template where account_key = $1 and name = $2 and language = $3
                 order by (status = 'APPROVED') desc, changed_at desc limit 1",
                [account_key.into(), message.name.as_str().into(), message.language.as_str().into()],
            )
            .await?;
            named.first().ok_or_else(missing)?.id
        }
    };
    let with = Filling {
        header: message.header.take(),
        body: std::mem::take(&mut message.body),
        buttons: std::mem::take(&mut message.buttons),
    };
    *message = templates::fill(tx, account_key, id, &with).await.map_err(|error| match error {
        FillError::NotFound => missing(),
        FillError::Obstacle(_) => flawed(Part::Template, Problem::NotTaken),
        FillError::Values(flaws) => {
            flaws.first().map_or_else(missing, |flaw| ReplyError::Flawed(value_flaw(flaw)))
        }
        FillError::Db(error) => error.into(),
    })?;
    Ok(())
}

/// A flaw of a template's value, as flaws of messages are told.
fn value_flaw(flaw: &ValueFlaw) -> Flaw {
    let part = |place: &str| match place {
        "header" => Part::Header,
        "body" => Part::Body,
        place if place.starts_with("button.") => Part::TemplateCode,
        _ => Part::TemplateValue,
    };
    match flaw {
        ValueFlaw::Header => Flaw { part: Part::Header, problem: Problem::Missing },
        ValueFlaw::Missing { place } => Flaw { part: part(place), problem: Problem::Missing },
        ValueFlaw::TooMany { places } => {
            let problem = Problem::TooMany { count: places + 1, most: *places };
            Flaw { part: Part::TemplateValue, problem }
        }
        ValueFlaw::TooLong { place, length, most } => {
            let problem = Problem::TooLong { length: *length, longest: *most };
            Flaw { part: part(place), problem }
        }
        ValueFlaw::Spaces { place } | ValueFlaw::Malformed { place } => {
            Flaw { part: part(place), problem: Problem::Malformed }
        }
    }
}

/// The file as we keep it: attached by this person, in this conversation, to nothing else yet.
pub(super) async fn file(
    tx: &DatabaseTransaction,
    by: &Principal,
    (talk, kind): (ConversationId, ChannelKind),
    content: &mut Content,
) -> Result<Option<FileId>, ReplyError> {
    #[derive(FromQueryResult)]
    struct Row {
        state: String,
        r#type: Option<String>,
        bytes: Option<i64>,
        name: Option<String>,
    }

    let form = content.file_form();
    let Some(media) = content.media_mut() else { return Ok(None) };
    let (Some(id), Some(form)) = (media.file, form) else { return Ok(None) };
    let found: Vec<Row> = rows::all(
        tx,
        "select state, type, bytes, name from file
         where id = $1 and conversation_id = $2 and person_id = $3 and message_id is null
         for update",
        [id.into(), talk.into(), by.person.into()],
    )
    .await?;
    let row = found.into_iter().next().ok_or(ReplyError::NotFound)?;
    let (Some(mime), Some(bytes), "stored") = (row.r#type, row.bytes, row.state.as_str()) else {
        return Err(flawed(Part::File, Problem::Missing));
    };
    let bytes = u64::try_from(bytes).unwrap_or(0);
    limits::check_file(kind, form, &mime, bytes).map_err(ReplyError::Flawed)?;
    media.filename = media.filename.take().or(row.name);
    media.mime = Some(mime);
    Ok(Some(id))
}

/// A reaction stands on its message, at once; only if it fails it becomes a line of its own (see `sending::trouble`).
/// Answers that message; `None` for other kinds.
pub(super) async fn react(
    tx: &DatabaseTransaction,
    talk: ConversationId,
    message: MessageId,
    now: DateTime<Utc>,
) -> Result<Option<MessageId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Marked {
        id: MessageId,
    }

    let marked: Vec<Marked> = rows::all(
        tx,
        "with ours as (
             select m.id, m.content->>'emoji' as emoji, on_it.id as applied_to
             from message m join message on_it on on_it.channel_id = m.channel_id
                 and on_it.vendor_id = m.content->>'target' and on_it.conversation_id = $2
             where m.id = $1 and m.kind = 'reaction'
         ), reacted as (
             insert into reaction (message_id, from_customer, emoji, at)
             select applied_to, false, emoji, $3 from ours
             on conflict (message_id, from_customer) do update set emoji = excluded.emoji, at = excluded.at
         ), applied as (
             update message m set applied_to = ours.applied_to, target = m.content->>'target'
             from ours where m.id = ours.id
         )
         update message m set version = m.version + 1 from ours where m.id = ours.applied_to
         returning m.id",
        [message.into(), talk.into(), now.into()],
    )
    .await?;
    Ok(marked.into_iter().next().map(|marked| marked.id))
}

/// The file belongs to the message now.
pub(super) async fn attach(db: &impl ConnectionTrait, file: FileId, message: MessageId) -> Result<(), DbErr> {
    rows::run(
        db,
        "update file set message_id = $2, changed_at = now() where id = $1",
        [file.into(), message.into()],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> String {
        match tidy(&Content::Text { body: body.to_owned() }).unwrap() {
            Content::Text { body } => body,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_is_sent_as_written_but_for_its_blank_edges() {
        assert_eq!(text("  Hola\r\n¿qué tal?\n\n"), "  Hola\n¿qué tal?");
        for blank in ["", "   ", "\r\n\t", "\0"] {
            assert_eq!(text(blank), "", "{blank:?}");
        }
    }

    #[test]
    fn nobody_but_the_vendor_says_what_the_vendor_calls_a_file() {
        let claimed = Media {
            vendor_media_id: Some("900".into()),
            sha256: Some("x".into()),
            mime: Some("image/png".into()),
            url: Some("https://a.example/\0i.png".into()),
            caption: Some(" \0 ".into()),
            ..Media::default()
        };
        let tidied = tidy(&Content::Image(claimed)).unwrap();
        let left = Media { url: Some("https://a.example/i.png".into()), ..Media::default() };
        assert_eq!(tidied, Content::Image(left));
    }
}
