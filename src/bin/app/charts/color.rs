//! Colours as numbers: reads what a browser computes, mixes, and says which text is readable on top.
//!
//! Pure, so that it is tested natively. Which colour a mark gets is [`super::theme`]'s business.

/// One colour in sRGB with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Red, 0..=255.
    pub red: u8,
    /// Green, 0..=255.
    pub green: u8,
    /// Blue, 0..=255.
    pub blue: u8,
    /// Opacity, 0..=1.
    pub alpha: f64,
}

/// What is drawn where no colour is known: visible on white and on black.
pub const UNKNOWN: Ink = Ink { red: 128, green: 128, blue: 128, alpha: 1.0 };

impl Ink {
    /// The colour of `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)`, `rgba(…)` or `color(srgb …)`; nothing for other notations.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            return from_hex(digits);
        }
        let (name, rest) = text.split_once('(')?;
        let parts: Vec<&str> = rest
            .trim_end_matches(')')
            .split([' ', ',', '/'])
            .filter(|part| !part.is_empty() && *part != "srgb")
            .collect();
        let scale = match name {
            "rgb" | "rgba" => 1.0,
            "color" => 255.0,
            _ => return None,
        };
        from_parts(&parts, scale)
    }

    /// This colour with the opacity `alpha`.
    pub fn faded(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The colour `share` of the way from `self` (0) to `other` (1), opaque.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        let blend = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        Self {
            red: blend(self.red, other.red),
            green: blend(self.green, other.green),
            blue: blend(self.blue, other.blue),
            alpha: 1.0,
        }
    }

    /// The one of the two colours that has more contrast with `self`.
    pub fn readable(self, one: Self, other: Self) -> Self {
        if self.contrast(one) >= self.contrast(other) { one } else { other }
    }

    /// Contrast ratio as WCAG 2 defines it, 1..=21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

fn from_hex(digits: &str) -> Option<Ink> {
    let full: String = match digits.len() {
        3 | 4 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 | 8 => digits.to_owned(),
        _ => return None,
    };
    let part = |at: usize| full.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let alpha = if full.len() == 8 { f64::from(part(6)?) / 255.0 } else { 1.0 };
    Some(Ink { red: part(0)?, green: part(2)?, blue: part(4)?, alpha })
}

fn from_parts(parts: &[&str], scale: f64) -> Option<Ink> {
    let part = |at: usize| -> Option<u8> {
        let value: f64 = parts.get(at)?.parse().ok()?;
        Some((value * scale).round().clamp(0.0, 255.0) as u8)
    };
    let alpha = match parts.get(3) {
        Some(text) => match text.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().ok()? / 100.0,
            None => text.parse().ok()?,
        },
        None => 1.0,
    };
    Some(Ink { red: part(0)?, green: part(1)?, blue: part(2)?, alpha })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Ink = Ink { red: 0, green: 0, blue: 0, alpha: 1.0 };
    const WHITE: Ink = Ink { red: 255, green: 255, blue: 255, alpha: 1.0 };

    fn check(text: &str, expected: Option<(u8, u8, u8, f64)>) {
        let found = Ink::parse(text).map(|ink| (ink.red, ink.green, ink.blue, ink.alpha));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn reads_what_browsers_compute() {
        check(" #0072b2", Some((0, 0x72, 0xb2, 1.0)));
        check("#fff", Some((255, 255, 255, 1.0)));
        check("#00000000", Some((0, 0, 0, 0.0)));
        check("rgb(1, 2, 3)", Some((1, 2, 3, 1.0)));
        check("rgba(1, 2, 3, 0.5)", Some((1, 2, 3, 0.5)));
        check("rgb(1 2 3 / 50%)", Some((1, 2, 3, 0.5)));
        check("color(srgb 1 0.5 0)", Some((255, 128, 0, 1.0)));
    }

    #[test]
    fn says_nothing_of_other_notations() {
        check("", None);
        check("red", None);
        check("#12", None);
        check("oklch(0.5 0.1 200)", None);
        check("rgb(a b c)", None);
    }

    #[test]
    fn mixes_and_finds_readable_text() {
        assert_eq!(BLACK.mixed(WHITE, 0.5).red, 128);
        assert_eq!(WHITE.mixed(BLACK, 0.1).readable(BLACK, WHITE), BLACK);
        assert_eq!(BLACK.mixed(WHITE, 0.1).readable(BLACK, WHITE), WHITE);
    }
}
