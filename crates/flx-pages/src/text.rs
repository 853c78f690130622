//! Numbers, as they are written on pages.

/// A number, however a template holds it.
pub(crate) trait Number {
    /// The number itself.
    fn get(self) -> u64;
}

impl Number for u64 {
    fn get(self) -> u64 {
        self
    }
}

impl Number for u32 {
    fn get(self) -> u64 {
        self.into()
    }
}

impl<N: Number + Copy> Number for &N {
    fn get(self) -> u64 {
        (*self).get()
    }
}

/// A size with a unit of powers of ten: `938 B`, `98.9 kB`, `4.1 MB`, `20 MB`.
pub(crate) fn bytes(bytes: impl Number) -> String {
    let bytes = bytes.get();
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes as f64 / 1000.0;
    let mut unit = UNITS.iter();
    let mut name = unit.next().copied().unwrap_or_default();
    // What would be rounded to 1000 is one of the next unit.
    while value >= 999.5 {
        let Some(next) = unit.next() else { break };
        value /= 1000.0;
        name = next;
    }
    let text = if value < 99.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    format!("{} {name}", text.strip_suffix(".0").unwrap_or(&text))
}

/// A limit on sizes, exactly where it is whole mebibytes: `20 MiB`.
pub(crate) fn size_limit(bytes: impl Number) -> String {
    const MIB: u64 = 1024 * 1024;
    let limit = bytes.get();
    if limit >= MIB && limit.is_multiple_of(MIB) {
        return format!("{} MiB", count(limit / MIB));
    }
    self::bytes(limit)
}

/// A number with its thousands apart: `99,999`.
pub(crate) fn count(number: impl Number) -> String {
    let digits = number.get().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much smaller something became: `71 %`; `−3 %` when it grew.
pub(crate) fn saved(before: impl Number, after: impl Number) -> String {
    let (before, after) = (before.get(), after.get());
    if before == 0 {
        return String::from("0 %");
    }
    #[expect(clippy::cast_precision_loss, reason = "a whole percentage is shown")]
    let percent = ((1.0 - after as f64 / before as f64) * 100.0).round();
    if percent < 0.0 { format!("−{:.0} %", -percent) } else { format!("{:.0} %", percent.abs()) }
}

/// `one` or `many`, by the number before it: `1 picture`, `3 pictures`.
pub(crate) fn plural(number: impl Number, one: &str, many: &str) -> String {
    let number = number.get();
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_and_a_unit() {
        let cases = [
            (0u64, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (98_986, "99 kB"),
            (1_520, "1.5 kB"),
            (999_600, "1 MB"),
            (4_120_000, "4.1 MB"),
            (20_971_520, "21 MB"),
            (536_870_912, "537 MB"),
            (252_000_000_000, "252 GB"),
        ];
        for (size, text) in cases {
            assert_eq!(bytes(size), text, "{size}");
        }
    }

    #[test]
    fn a_limit_is_shown_exactly() {
        assert_eq!(size_limit(20_971_520u64), "20 MiB");
        assert_eq!(size_limit(20_000_000u64), "20 MB");
        assert_eq!(size_limit(0u64), "0 B");
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0u32, "0"), (999, "999"), (1_000, "1,000"), (99_999, "99,999")] {
            assert_eq!(count(number), text);
        }
        assert_eq!(count(1_234_567u64), "1,234,567");
        assert_eq!(plural(1u32, "picture", "pictures"), "1 picture");
        assert_eq!(plural(0u32, "picture", "pictures"), "0 pictures");
    }

    #[test]
    fn what_grew_has_a_minus() {
        assert_eq!(saved(1000u64, 290u64), "71 %");
        assert_eq!(saved(1000u64, 1030u64), "−3 %");
        assert_eq!(saved(0u64, 10u64), "0 %");
        assert_eq!(saved(1000u64, 1001u64), "0 %");
    }
}
