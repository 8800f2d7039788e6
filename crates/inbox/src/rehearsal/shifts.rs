//! Time lines as shifts with their pauses.

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState};
use routing::rehearsal::Shift;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// A stretch in which somebody was one thing.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct Stretch {
    person_id: PersonId,
    state: PresenceState,
    from_at: DateTime<Utc>,
    until_at: DateTime<Utc>,
}

/// Who was at work between two moments, from when to when.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Shift>, DbErr> {
    let stretches: Vec<Stretch> = rows::all(
        db,
        "select p.person_id, s.state, greatest(s.from_at, $1) as from_at,
             least(coalesce(s.until_at, $2), $2) as until_at
         from presence p cross join lateral (
             (select state, from_at, until_at from presence_span
              where person_id = p.person_id and from_at < $1 order by from_at desc limit 1)
             union all
             (select state, from_at, until_at from presence_span
              where person_id = p.person_id and from_at >= $1 and from_at < $2)) s
         where s.state <> 'offline' and coalesce(s.until_at, $2) > $1
         order by p.person_id, s.from_at",
        [from.into(), to.into()],
    )
    .await?;
    Ok(shifts(&stretches))
}

/// Stretches that touch are one shift; whatever is not available in it is a pause, finishing before one too: nothing
/// new is given then.
pub(super) fn shifts(stretches: &[Stretch]) -> Vec<Shift> {
    let mut shifts: Vec<Shift> = Vec::new();
    for one in stretches {
        let goes_on =
            shifts.last().is_some_and(|last| last.person == one.person_id && last.to == one.from_at);
        if !goes_on {
            let (person, at) = (one.person_id, one.from_at);
            shifts.push(Shift { person, from: at, to: at, pauses: Vec::new() });
        }
        let Some(shift) = shifts.last_mut() else { continue };
        shift.to = one.until_at;
        if one.state != PresenceState::Available {
            match shift.pauses.last_mut().filter(|(_, end)| *end == one.from_at) {
                Some((_, end)) => *end = one.until_at,
                None => shift.pauses.push((one.from_at, one.until_at)),
            }
        }
    }
    shifts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_is_one_shift_and_whatever_is_not_available_a_pause() {
        use PresenceState::{Available, Paused, PrePause};
        let at = |minute| DateTime::from_timestamp(1_795_189_440 + minute * 60, 0).unwrap();
        let (ana, ben) = (PersonId::new(), PersonId::new());
        let was = |person_id, state, from, until| Stretch {
            person_id,
            state,
            from_at: at(from),
            until_at: at(until),
        };
        let day = [
            was(ana, Available, 0, 60),
            was(ana, PrePause, 60, 65),
            was(ana, Paused, 65, 90),
            was(ana, Available, 90, 120),
            // Back after an hour at home.
            was(ana, Paused, 180, 190),
            was(ana, Available, 190, 240),
            was(ben, Available, 240, 300),
        ];
        let shift = |person, from, to, pauses: &[(i64, i64)]| Shift {
            person,
            from: at(from),
            to: at(to),
            pauses: pauses.iter().map(|(from, to)| (at(*from), at(*to))).collect(),
        };
        let wanted =
            [shift(ana, 0, 120, &[(60, 90)]), shift(ana, 180, 240, &[(180, 190)]), shift(ben, 240, 300, &[])];
        assert_eq!(shifts(&day), wanted);
    }
}
