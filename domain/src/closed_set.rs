//! Enums whose values have a text each: one list declares the values, their texts and the list of all values.
//!
//! A list that is written beside its enum misses the next value, and nobody notices. Here a value without a text does not compile, and the
//! list of all cannot leave one out.

/// Declares such an enum. It gets `ALL` and a method that tells the text.
macro_rules! closed_set {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident;
        $(#[$text_attribute:meta])*
        fn $text:ident;
        $($(#[$doc:meta])* $value:ident = $word:literal,)+
    ) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[$doc])* $value,)+
        }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$value),+];

            $(#[$text_attribute])*
            #[must_use]
            $visibility const fn $text(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }
        }
    };
}

pub(crate) use closed_set;
