//! The colours of the map in both themes, equal to the tokens of the style sheets. Canvases cannot read those
//! while they draw, so they stand here once more.

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// A colour as 0xRRGGBB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(u32);

impl Colour {
    /// As CSS writes it.
    pub fn css(self) -> String {
        format!("#{:06x}", self.0)
    }

    /// Red, green and blue in 0..=1.
    pub fn rgb(self) -> [f32; 3] {
        [self.0 >> 16, self.0 >> 8, self.0].map(|part| (part & 0xff) as f32 / 255.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    pub land: Colour,
    pub sea: Colour,
    pub coast: Colour,
    pub label: Colour,
    pub grid: Colour,
    pub device: Colour,
    pub stale: Colour,
    pub bad: Colour,
    pub sun: Colour,
    pub accent: Colour,
    /// Around and inside marks.
    pub halo: Colour,
}

const LIGHT: Palette = Palette {
    land: Colour(0xF7F6F2),
    sea: Colour(0xD9E3EC),
    coast: Colour(0xB9C5D1),
    label: Colour(0x505A67),
    grid: Colour(0x12161C),
    device: Colour(0x1F54D0),
    stale: Colour(0x5F6875),
    bad: Colour(0xBE2028),
    sun: Colour(0xB86B00),
    accent: Colour(0x1F54D0),
    halo: Colour(0xFFFFFF),
};

const DARK: Palette = Palette {
    land: Colour(0x1B222C),
    sea: Colour(0x0D131B),
    coast: Colour(0x36424F),
    label: Colour(0xA0AAB8),
    grid: Colour(0xE9ECF1),
    device: Colour(0x8AADFF),
    stale: Colour(0x8F99A7),
    bad: Colour(0xFF8A87),
    sun: Colour(0xE0A03A),
    accent: Colour(0x8AADFF),
    halo: Colour(0x14181F),
};

impl Theme {
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_reads_the_same_as_text_and_as_numbers() {
        let amber = Colour(0xB86B00);
        assert_eq!(amber.css(), "#b86b00");
        assert_eq!(
            amber.rgb().map(|part| (part * 255.0).round() as u8),
            [0xB8, 0x6B, 0]
        );
    }
}
