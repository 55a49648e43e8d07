//! Enums whose values have one text each: a list declares the values, their texts and `ALL`.
//!
//! A list beside its enum can miss the next value without an error. With this macro a value without
//! a text does not compile, and `ALL` is complete.

/// Declares the enum with `ALL` and a method that returns the text of a value. The first line is a
/// plain `pub enum Name`, so a search for the enum finds it.
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
