//! The permission bitmap of version 2: features, names of permissions, and for each feature a mask
//! over the names.
//!
//! The rule is that of Clerk's JavaScript library: the n-th mask belongs to the n-th feature of the
//! *organization*. Masks are decimal numbers of any length.

/// A comma-separated list of `<scope>:<name>`, split by scope (claims `fea` and `pla`).
#[derive(Debug, Default)]
pub(crate) struct Scoped<'a> {
    pub(crate) organization: Vec<&'a str>,
    pub(crate) user: Vec<&'a str>,
}

impl<'a> Scoped<'a> {
    /// `None`: an element has no scope, so the claim cannot be used.
    pub(crate) fn parse(claim: &'a str) -> Option<Self> {
        let mut scoped = Self::default();
        for element in claim.split(',') {
            let (scope, name) = element.trim().split_once(':')?;
            if matches!(scope, "o" | "ou" | "uo") {
                scoped.organization.push(name);
            }
            if matches!(scope, "u" | "ou" | "uo") {
                scoped.user.push(name);
            }
        }
        Some(scoped)
    }
}

/// The permissions as `org:<feature>:<permission>`. `None`: the features cannot be read.
pub(super) fn decode(features: Option<&str>, names: Option<&str>, masks: Option<&str>) -> Option<Vec<String>> {
    let present = |text: Option<&'_ str>| text.is_some_and(|text| !text.is_empty());
    if !present(features) || !present(names) || !present(masks) {
        return Some(Vec::new());
    }
    let features = Scoped::parse(features?)?.organization;
    let names: Vec<_> = names?.split(',').map(str::trim).collect();
    let granted = features.iter().zip(masks?.split(',')).flat_map(|(feature, mask)| {
        let bits = low_bits(mask.trim(), names.len());
        names.iter().zip(bits).filter(|(_, bit)| *bit).map(move |(name, _)| format!("org:{feature}:{name}"))
    });
    Some(granted.collect())
}

/// The lowest `count` bits of a decimal number, least significant first. Text that is not a number
/// has none. Halving the digits needs no big integers.
fn low_bits(decimal: &str, count: usize) -> Vec<bool> {
    if decimal.is_empty() || !decimal.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let mut digits: Vec<u8> = decimal.bytes().map(|byte| byte - b'0').collect();
    let mut bits = Vec::new();
    while bits.len() < count && digits.iter().any(|digit| *digit != 0) {
        let mut carry = 0;
        for digit in &mut digits {
            let value = carry * 10 + *digit;
            *digit = value / 2;
            carry = value % 2;
        }
        bits.push(carry == 1);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_of_any_length_are_read() {
        assert_eq!(low_bits("9007199254740993", 54).iter().filter(|bit| **bit).count(), 2);
        let two_to_the_69th_plus_1 = low_bits("590295810358705651713", 70);
        assert!(two_to_the_69th_plus_1[0] && two_to_the_69th_plus_1[69]);
        assert_eq!(low_bits("003", 2), [true, true]);
        for nothing in ["", "-1", "3x", "٣", "³", "1e3", "0x1"] {
            assert!(low_bits(nothing, 8).is_empty(), "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn bits_are_those_of_the_number(number: u128, count in 0_usize..140) {
            let bits = low_bits(&number.to_string(), count);
            for (position, bit) in bits.iter().enumerate() {
                prop_assert_eq!(*bit, position < 128 && number >> position & 1 == 1);
            }
            let rest = if bits.len() >= 128 { 0 } else { number >> bits.len() };
            prop_assert!(bits.len() == count || rest == 0);
        }

        #[test]
        fn arbitrary_claims_do_not_panic(fea: String, per: String, fpm: String) {
            let _ = decode(Some(&fea), Some(&per), Some(&fpm));
        }
    }
}
