//! What the vendors bill a message as.

/// A category of messages (whatsapp-cloud.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// An offer.
    Marketing,
    /// An offer sent by Meta's marketing API.
    MarketingLite,
    /// Something the customer expects: an order, an appointment.
    Utility,
    /// A code to sign in with.
    Authentication,
    /// The same by a business of another country, at a higher rate where one is listed.
    AuthenticationInternational,
    /// Anything that is no template.
    Service,
    /// An arrival by an ad.
    ReferralConversion,
    /// A general-purpose assistant's answer.
    GeneralPurposeAi,
    /// An offer to a group.
    GroupMarketing,
    /// Something a group expects.
    GroupUtility,
    /// Anything else to a group.
    GroupService,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 11] = [
        Self::Marketing,
        Self::MarketingLite,
        Self::Utility,
        Self::Authentication,
        Self::AuthenticationInternational,
        Self::Service,
        Self::ReferralConversion,
        Self::GeneralPurposeAi,
        Self::GroupMarketing,
        Self::GroupUtility,
        Self::GroupService,
    ];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::MarketingLite => "marketing_lite",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
            Self::AuthenticationInternational => "authentication_international",
            Self::Service => "service",
            Self::ReferralConversion => "referral_conversion",
            Self::GeneralPurposeAi => "general_purpose_ai",
            Self::GroupMarketing => "group_marketing",
            Self::GroupUtility => "group_utility",
            Self::GroupService => "group_service",
        }
    }

    /// A vendor's word, however it is written: documents say `authentication-international`, templates `UTILITY`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|category| category.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_known_however_it_is_written() {
        for word in
            ["authentication-international", "authentication_international", "AUTHENTICATION_INTERNATIONAL"]
        {
            assert_eq!(Category::parse(word), Some(Category::AuthenticationInternational));
        }
        assert_eq!(Category::parse("UTILITY"), Some(Category::Utility));
        assert_eq!(Category::parse("gift"), None);
    }
}
