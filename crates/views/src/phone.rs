//! Phone numbers as people of the country write them. Only for the eye; the stored form is E.164.

/// Country codes with the groups of the digits behind them; the first code that fits counts.
const GROUPS: &[(&str, &[usize])] = &[
    ("+549", &[2, 4, 4]),
    ("+521", &[2, 4, 4]),
    ("+51", &[3, 3, 3]),
    ("+51", &[1, 3, 4]),
    ("+52", &[2, 4, 4]),
    ("+54", &[2, 4, 4]),
    ("+55", &[2, 5, 4]),
    ("+55", &[2, 4, 4]),
    ("+56", &[1, 4, 4]),
    ("+57", &[3, 3, 4]),
    ("+58", &[3, 3, 4]),
    ("+591", &[4, 4]),
    ("+593", &[2, 3, 4]),
    ("+595", &[3, 3, 3]),
    ("+598", &[2, 3, 3]),
    ("+34", &[3, 3, 3]),
    ("+1", &[3, 3, 4]),
];

/// `+51987412306` → `+51 987 412 306`. Works on masked numbers too; what has another length or shape stays as it is.
#[must_use]
pub fn grouped(number: &str) -> String {
    for (code, groups) in GROUPS {
        let Some(rest) = number.strip_prefix(code) else { continue };
        let digits: Vec<char> = rest.chars().collect();
        if digits.len() != groups.iter().sum::<usize>() || digits.contains(&' ') {
            continue;
        }
        let mut text = (*code).to_owned();
        let mut from = 0;
        for length in *groups {
            text.push(' ');
            text.extend(&digits[from..from + length]);
            from += length;
        }
        return text;
    }
    number.to_owned()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_as_their_country_does() {
        assert_eq!(grouped("+51987412306"), "+51 987 412 306");
        assert_eq!(grouped("+5115550100"), "+51 1 555 0100");
        assert_eq!(grouped("+5511987654321"), "+55 11 98765 4321");
        assert_eq!(grouped("+5491123456789"), "+549 11 2345 6789");
        assert_eq!(grouped("+5215512345678"), "+521 55 1234 5678");
        assert_eq!(grouped("+525512345678"), "+52 55 1234 5678");
        assert_eq!(grouped("+519••••••06"), "+51 9•• ••• •06", "masked");
        for odd in ["+5112345", "+81312345678", "PE.401", "+51 987 412 306"] {
            assert_eq!(grouped(odd), odd);
        }
    }
}
