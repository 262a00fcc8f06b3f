//! Colours by role, for paper and for a dark screen.

use crate::chart::spec::{Level, Tone};

/// Which set of colours a scene is laid out in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// On white: what is exported.
    #[default]
    Light,
    /// On a dark screen.
    Dark,
}

/// A colour in sRGB with straight alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
    /// Opacity, 0 to 255.
    pub a: u8,
}

impl Color {
    /// The opaque colour of a number such as `0x0F766E`.
    #[must_use]
    pub const fn hex(rgb: u32) -> Self {
        let [_, r, g, b] = rgb.to_be_bytes();
        Self { r, g, b, a: 255 }
    }

    /// The colour a share (0 to 1) of the way to another one.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes, so a byte")]
        let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Self { r: between(self.r, other.r), g: between(self.g, other.g), b: between(self.b, other.b), a: between(self.a, other.a) }
    }

    /// The relative luminance of WCAG, 0 (black) to 1 (white).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.r) + 0.7152 * linear(self.g) + 0.0722 * linear(self.b)
    }

    /// The contrast ratio of WCAG between two colours, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Ink or white for words on this colour; black where neither reads well enough.
    #[must_use]
    pub fn readable(self) -> Self {
        let [ink, white, black] = [0x0014_181D, 0x00FF_FFFF, 0].map(Self::hex);
        // On any colour at all, black or white has a contrast of 4.58 or more.
        [ink, white].into_iter().find(|words| self.contrast(*words) >= 4.5).unwrap_or(black)
    }
}

/// How a filled area is told from another of the same colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texture {
    /// Filled plainly.
    Solid,
    /// With rising stripes.
    Stripes,
    /// With rising and falling stripes.
    Crossed,
}

/// The colours of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelColors {
    /// For bars and marks.
    pub fill: Color,
    /// For the band behind them.
    pub tint: Color,
    /// For words on the band.
    pub text: Color,
}

/// Every colour a scene uses, by its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colors {
    /// Behind everything.
    pub background: Color,
    /// Titles, values and names.
    pub ink: Color,
    /// Ticks, subtitles and footers.
    pub muted: Color,
    /// Grid lines.
    pub grid: Color,
    /// The zero line, axes and whiskers.
    pub axis: Color,
    /// Reference lines.
    pub reference: Color,
    /// Series, in order; told apart by people with any of the three colour deficiencies.
    pub series: [Color; 8],
    /// What is neither good nor bad, between two poles.
    pub neutral: Color,
    /// What was grouped as the rest.
    pub rest: Color,
    /// The diverging scale: far below zero, zero, far above.
    pub diverging: [Color; 3],
    good: LevelColors,
    doubtful: LevelColors,
    bad: LevelColors,
}

const fn level(fill: u32, tint: u32, text: u32) -> LevelColors {
    LevelColors { fill: Color::hex(fill), tint: Color::hex(tint), text: Color::hex(text) }
}

const fn palette(rgb: [u32; 8]) -> [Color; 8] {
    let mut colors = [Color::hex(0); 8];
    let (mut from, mut to) = (rgb.as_slice(), colors.as_mut_slice());
    while let ([first, more @ ..], [slot, others @ ..]) = (from, to) {
        *slot = Color::hex(*first);
        (from, to) = (more, others);
    }
    colors
}

impl Theme {
    /// The colours of this theme.
    #[must_use]
    pub const fn colors(self) -> Colors {
        match self {
            Self::Light => Colors {
                background: Color::hex(0x00FF_FFFF),
                ink: Color::hex(0x001B_1F24),
                muted: Color::hex(0x0057_606A),
                grid: Color::hex(0x00E4_E8EC),
                axis: Color::hex(0x007D_8790),
                reference: Color::hex(0x0044_4C56),
                series: palette([0x000F_766E, 0x00E8_A317, 0x0046_26B3, 0x006A_B1FF, 0x00C2_410C, 0x006F_2D83, 0x00CC_A7C6, 0x0026_272E]),
                neutral: Color::hex(0x00C6_CCD3),
                rest: Color::hex(0x00AA_B2BB),
                diverging: [Color::hex(0x005B_9AD6), Color::hex(0x00F4_F5F6), Color::hex(0x00E8_8B4D)],
                good: level(0x000F_766E, 0x00EF_F7F4, 0x001A_7046),
                doubtful: level(0x00D9_9A00, 0x00FE_F7E6, 0x0085_5B00),
                bad: level(0x00B4_2318, 0x00FD_F0EE, 0x00B4_2318),
            },
            Self::Dark => Colors {
                background: Color::hex(0x0015_191D),
                ink: Color::hex(0x00E8_EBEE),
                muted: Color::hex(0x009B_A5AF),
                grid: Color::hex(0x002B_3138),
                axis: Color::hex(0x0076_818C),
                reference: Color::hex(0x00C3_CAD1),
                series: palette([0x002F_B5A5, 0x00F4_B429, 0x005E_64FF, 0x00AA_C6F4, 0x00E8_703A, 0x0091_45B8, 0x00E8_E2B0, 0x006C_7197]),
                neutral: Color::hex(0x004B_545E),
                rest: Color::hex(0x005F_6973),
                diverging: [Color::hex(0x002C_5F9E), Color::hex(0x0026_2C32), Color::hex(0x00A6_5320)],
                good: level(0x002F_B5A5, 0x0017_2A26, 0x006F_CFA5),
                doubtful: level(0x00E5_B23A, 0x0030_2918, 0x00E5_B23A),
                bad: level(0x00F0_6A5D, 0x0036_201F, 0x00F4_8C82),
            },
        }
    }
}

impl Colors {
    /// The colours of a judgement.
    #[must_use]
    pub const fn level(&self, level: Level) -> LevelColors {
        match level {
            Level::Good => self.good,
            Level::Doubtful => self.doubtful,
            Level::Bad => self.bad,
        }
    }

    /// The colour and texture of the series at this place, counted from 0. After eight colours they come again with a texture.
    #[must_use]
    pub fn series(&self, index: usize, tone: Tone) -> (Color, Texture) {
        let [accent, ..] = self.series;
        let vermilion = self.series.get(4).copied().unwrap_or(accent);
        match tone {
            Tone::Auto => {
                let texture = match index / self.series.len() {
                    0 => Texture::Solid,
                    1 => Texture::Stripes,
                    _ => Texture::Crossed,
                };
                (self.series.get(index % self.series.len()).copied().unwrap_or(accent), texture)
            }
            Tone::Positive => (accent, Texture::Solid),
            Tone::Neutral => (self.neutral, Texture::Solid),
            Tone::Negative => (vermilion, Texture::Solid),
            Tone::Rest => (self.rest, Texture::Solid),
        }
    }

    /// The colour of the diverging scale for a share from -1 to 1.
    #[must_use]
    pub fn diverging(&self, share: f64) -> Color {
        let [low, zero, high] = self.diverging;
        zero.mix(if share < 0.0 { low } else { high }, share.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Machado, Oliveira and Fernandes 2009, full severity, over linear RGB.
    const SIGHTS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ];

    fn lab(color: Color, sight: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let rgb = [linear(color.r), linear(color.g), linear(color.b)];
        let [red, green, blue] = sight.map(|row| row.iter().zip(rgb).map(|(m, c)| m * c).sum::<f64>().clamp(0.0, 1.0));
        let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47);
        let y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        let z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn every_two_series_differ_for_every_sight() {
        for theme in [Theme::Light, Theme::Dark] {
            let colors = theme.colors();
            for sight in &SIGHTS {
                for (i, a) in colors.series.iter().enumerate() {
                    for b in &colors.series[i + 1..] {
                        let (a_lab, b_lab) = (lab(*a, sight), lab(*b, sight));
                        let distance: f64 = a_lab.iter().zip(b_lab).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt();
                        assert!(distance > 20.0, "{theme:?} {a:?} {b:?}: {distance}");
                    }
                }
            }
        }
    }

    #[test]
    fn words_are_readable_on_their_grounds() {
        for theme in [Theme::Light, Theme::Dark] {
            let colors = theme.colors();
            assert!(colors.ink.contrast(colors.background) > 12.0);
            assert!(colors.muted.contrast(colors.background) > 4.5);
            for level in [Level::Good, Level::Doubtful, Level::Bad] {
                let level = colors.level(level);
                assert!(level.text.contrast(level.tint) > 4.5, "{theme:?} {level:?}");
            }
            for step in -10..=10 {
                let ground = colors.diverging(f64::from(step) / 10.0);
                assert!(ground.readable().contrast(ground) > 4.5, "{theme:?} {step}");
            }
        }
    }

    #[test]
    fn series_after_the_eighth_have_a_texture() {
        let colors = Theme::Light.colors();
        let all: Vec<_> = (0..24).map(|i| colors.series(i, Tone::Auto)).collect();
        for (i, one) in all.iter().enumerate() {
            assert!(!all[i + 1..].contains(one));
        }
    }
}
