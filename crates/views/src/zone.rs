//! Time zones, as somebody looks for theirs.

use chrono::{DateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// The parts of the world that zones are named after; what stands beside them are old names and makeshifts.
const AREAS: [&str; 9] =
    ["America", "Europe", "Africa", "Asia", "Atlantic", "Australia", "Indian", "Pacific", "Antarctica"];

/// A zone to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneChoice {
    /// Its IANA name.
    pub name: &'static str,
    /// As people read it: `Lima (GMT−05:00)`.
    pub label: String,
}

/// Zones of one part of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneGroup {
    /// The part of the world.
    pub area: &'static str,
    /// Its zones, by name.
    pub zones: Vec<ZoneChoice>,
}

/// All zones that are offered, by part of the world, with what they are off from Greenwich at `now`.
#[must_use]
pub fn groups(now: DateTime<Utc>) -> Vec<ZoneGroup> {
    let group = |area| {
        let of_area = |zone: &&Tz| zone.name().split('/').next() == Some(area) && zone.name().contains('/');
        let choice = |zone: &Tz| ZoneChoice { name: zone.name(), label: label(*zone, now) };
        let mut zones: Vec<ZoneChoice> = TZ_VARIANTS.iter().filter(of_area).map(choice).collect();
        zones.sort_by(|one, other| one.label.cmp(&other.label));
        ZoneGroup { area, zones }
    };
    AREAS.into_iter().map(group).collect()
}

/// The zone as people read it: the city, what lies around it where that is needed, and how far from Greenwich.
#[must_use]
pub fn label(zone: Tz, now: DateTime<Utc>) -> String {
    let mut parts = zone.name().split('/').skip(1).collect::<Vec<_>>();
    let city = parts.pop().unwrap_or(zone.name()).replace('_', " ");
    let around = parts.first().map(|part| format!(", {}", part.replace('_', " "))).unwrap_or_default();
    format!("{city}{around} ({})", offset(zone, now))
}

/// How far a zone is from Greenwich at a moment, in hours and minutes.
#[must_use]
pub fn offset(zone: Tz, now: DateTime<Utc>) -> String {
    let minutes = zone.offset_from_utc_datetime(&now.naive_utc()).fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    format!("GMT{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(month: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, month, 15, 12, 0, 0).single().unwrap()
    }

    #[test]
    fn a_zone_is_read_by_its_city_and_how_far_it_is_now() {
        assert_eq!(label(Tz::America__Lima, at(1)), "Lima (GMT−05:00)");
        assert_eq!(label(Tz::America__Argentina__Buenos_Aires, at(1)), "Buenos Aires, Argentina (GMT−03:00)");
        assert_eq!(label(Tz::America__Santiago, at(1)), "Santiago (GMT−03:00)");
        assert_eq!(label(Tz::America__Santiago, at(7)), "Santiago (GMT−04:00)");
        assert_eq!(label(Tz::Asia__Kolkata, at(1)), "Kolkata (GMT+05:30)");
        assert_eq!(label(Tz::UTC, at(1)), "UTC (GMT+00:00)");
    }

    #[test]
    fn the_cities_of_latin_america_are_offered_and_old_names_are_not() {
        let names: Vec<&str> =
            groups(at(1)).iter().flat_map(|group| &group.zones).map(|zone| zone.name).collect();
        for city in ["America/Lima", "America/Mexico_City", "America/Bogota", "America/Sao_Paulo"] {
            assert!(names.contains(&city), "{city}");
        }
        assert!(!names.iter().any(|name| name.starts_with("Etc/") || name.starts_with("US/")));
    }
}
