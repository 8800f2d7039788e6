//! One macro for every closed set of words that is stored, logged or sent as text.

/// Declares an enum whose cases have exactly one spelling, in tables, JSON and logs alike.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$case_meta:meta])* $case:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$case_meta])* #[serde(rename = $word)] $case,)+ }

        impl $name {
            /// Every case, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$case,)+];

            /// The word that is stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$case => $word,)+ }
            }

            /// The case behind a stored word; `None` for a word this version does not know.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$case),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #[cfg(feature = "sea-orm")]
        const _: () = {
            use sea_orm::{
                ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value,
                sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr},
            };

            impl From<$name> for Value {
                fn from(word: $name) -> Self { Value::from(word.as_str()) }
            }
            impl TryGetable for $name {
                fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                    let word = String::try_get_by(row, index)?;
                    Self::parse(&word).ok_or_else(|| {
                        TryGetError::DbErr(DbErr::Type(format!("{word} is no {}", stringify!($name))))
                    })
                }
            }
            impl ValueType for $name {
                fn try_from(v: Value) -> Result<Self, ValueTypeErr> {
                    let word = <String as ValueType>::try_from(v)?;
                    Self::parse(&word).ok_or(ValueTypeErr)
                }
                fn type_name() -> String { stringify!($name).to_owned() }
                fn array_type() -> ArrayType { ArrayType::String }
                fn column_type() -> ColumnType { ColumnType::String(StringLen::None) }
            }
            impl sea_orm::TryFromU64 for $name {
                fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                    Err(DbErr::ConvertFromU64(stringify!($name)))
                }
            }
            impl Nullable for $name {
                fn null() -> Value { <String as Nullable>::null() }
            }
        };
    };
}
pub(crate) use words;
