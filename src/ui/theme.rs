//! Colours, type and spacing: the one place where the look is decided. Views read tokens and name no colour themselves.
#![allow(clippy::disallowed_methods, reason = "colours are declared here and nowhere else")]

use std::sync::Arc;

use egui::style::{Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontData, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Ui, Visuals, vec2,
};

use crate::chart::fonts;

/// A gap between things that belong together.
pub const GAP_SMALL: f32 = 4.0;
/// The usual gap.
pub const GAP: f32 = 8.0;
/// A gap between groups.
pub const GAP_MEDIUM: f32 = 12.0;
/// The margin of a region.
pub const GAP_LARGE: f32 = 16.0;
/// A gap between sections.
pub const GAP_HUGE: f32 = 24.0;
/// Height of a control.
pub const CONTROL: f32 = 28.0;
/// Height of a table's row.
pub const ROW: f32 = 26.0;
/// Height of a toolbar.
pub const TOOLBAR: f32 = 40.0;
/// Radius of a corner.
pub const RADIUS: u8 = 6;

/// The family of semibold text.
const SEMIBOLD: &str = "semibold";

/// The colours of a theme, by what they are for.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// The window's ground.
    pub ground: Color32,
    /// Side panels and bars.
    pub panel: Color32,
    /// A hovered row or a quiet fill.
    pub hover: Color32,
    /// A chosen row.
    pub chosen: Color32,
    /// Lines between regions.
    pub hairline: Color32,
    /// The border of a control.
    pub border: Color32,
    /// Text.
    pub text: Color32,
    /// Text of lesser weight: units, hints, captions.
    pub weak: Color32,
    /// The one thing to do next.
    pub accent: Color32,
    /// Text upon the accent.
    pub on_accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Failed.
    pub failed: Color32,
    /// Doubtful.
    pub doubtful: Color32,
    /// Good.
    pub good: Color32,
    /// Informative.
    pub info: Color32,
    /// A keyword of SQL.
    pub keyword: Color32,
    /// A function of SQL.
    pub function: Color32,
    /// A string of SQL.
    pub string: Color32,
    /// A number of SQL.
    pub number: Color32,
    /// A comment of SQL.
    pub comment: Color32,
}

const LIGHT: Tokens = Tokens {
    ground: Color32::from_rgb(255, 255, 255),
    panel: Color32::from_rgb(247, 249, 249),
    hover: Color32::from_rgb(238, 242, 242),
    chosen: Color32::from_rgb(222, 240, 237),
    hairline: Color32::from_rgb(226, 231, 232),
    border: Color32::from_rgb(204, 212, 214),
    text: Color32::from_rgb(24, 34, 38),
    weak: Color32::from_rgb(94, 107, 113),
    accent: Color32::from_rgb(13, 104, 97),
    on_accent: Color32::from_rgb(255, 255, 255),
    accent_hover: Color32::from_rgb(10, 84, 79),
    failed: Color32::from_rgb(184, 45, 36),
    doubtful: Color32::from_rgb(152, 88, 0),
    good: Color32::from_rgb(24, 115, 70),
    info: Color32::from_rgb(32, 92, 168),
    keyword: Color32::from_rgb(13, 104, 97),
    function: Color32::from_rgb(92, 62, 160),
    string: Color32::from_rgb(163, 74, 18),
    number: Color32::from_rgb(32, 92, 168),
    comment: Color32::from_rgb(112, 126, 132),
};

const DARK: Tokens = Tokens {
    ground: Color32::from_rgb(20, 25, 27),
    panel: Color32::from_rgb(26, 32, 34),
    hover: Color32::from_rgb(36, 44, 47),
    chosen: Color32::from_rgb(24, 58, 56),
    hairline: Color32::from_rgb(42, 50, 53),
    border: Color32::from_rgb(62, 73, 77),
    text: Color32::from_rgb(230, 236, 237),
    weak: Color32::from_rgb(150, 164, 169),
    accent: Color32::from_rgb(72, 196, 182),
    on_accent: Color32::from_rgb(6, 32, 30),
    accent_hover: Color32::from_rgb(104, 214, 201),
    failed: Color32::from_rgb(244, 125, 115),
    doubtful: Color32::from_rgb(232, 170, 76),
    good: Color32::from_rgb(94, 193, 139),
    info: Color32::from_rgb(118, 173, 238),
    keyword: Color32::from_rgb(94, 205, 192),
    function: Color32::from_rgb(184, 160, 240),
    string: Color32::from_rgb(236, 166, 116),
    number: Color32::from_rgb(132, 182, 240),
    comment: Color32::from_rgb(128, 142, 147),
};

/// The tokens of the theme in which this region is drawn.
#[must_use]
pub fn tokens(ui: &Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The tokens of a theme.
#[must_use]
pub const fn tokens_of(theme: Theme) -> &'static Tokens {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

/// Caption size (11).
#[must_use]
pub const fn caption() -> TextStyle {
    TextStyle::Small
}

/// Section heading, 15 semibold.
#[must_use]
pub fn section() -> TextStyle {
    TextStyle::Name("section".into())
}

/// A big figure, 28 semibold.
#[must_use]
pub fn figure() -> TextStyle {
    TextStyle::Name("figure".into())
}

/// Body size (13), semibold.
#[must_use]
pub fn strong() -> TextStyle {
    TextStyle::Name("strong".into())
}

/// Sets fonts, type, spacing and both themes; called once before the first frame.
pub fn install(ctx: &Context) {
    egui_extras::install_image_loaders(ctx);
    let mut definitions = egui::FontDefinitions::default();
    for (name, bytes) in [("ui", fonts::UI_REGULAR), (SEMIBOLD, fonts::UI_SEMIBOLD), ("mono", fonts::MONO_REGULAR)] {
        definitions.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = definitions.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let chain = |first: &[&str]| -> Vec<String> { first.iter().map(|name| (*name).to_owned()).chain(fallback.iter().cloned()).collect() };
    definitions.families.insert(FontFamily::Proportional, chain(&["ui"]));
    definitions.families.insert(FontFamily::Monospace, chain(&["mono", "ui"]));
    definitions.families.insert(FontFamily::Name(SEMIBOLD.into()), chain(&[SEMIBOLD, "ui"]));
    ctx.set_fonts(definitions);
    ctx.all_styles_mut(type_and_spacing);
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_visuals_of(theme, visuals(theme));
    }
}

fn type_and_spacing(style: &mut Style) {
    let semibold = FontFamily::Name(SEMIBOLD.into());
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(11.0)),
        (TextStyle::Body, FontId::proportional(13.0)),
        (TextStyle::Button, FontId::proportional(13.0)),
        (TextStyle::Monospace, FontId::monospace(13.0)),
        (TextStyle::Heading, FontId::new(20.0, semibold.clone())),
        (strong(), FontId::new(13.0, semibold.clone())),
        (section(), FontId::new(15.0, semibold.clone())),
        (figure(), FontId::new(28.0, semibold)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(GAP, GAP);
    spacing.button_padding = vec2(10.0, 5.0);
    spacing.interact_size = vec2(40.0, CONTROL);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.combo_height = 320.0;
    spacing.icon_width = 16.0;
    spacing.tooltip_width = 360.0;
    style.interaction.tooltip_delay = 0.35;
    style.animation_time = 0.12;
}

fn visuals(theme: Theme) -> Visuals {
    let tokens = tokens_of(theme);
    let mut visuals = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    let radius = CornerRadius::same(RADIUS);
    let widget = |fill: Color32, stroke: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, stroke),
        fg_stroke: Stroke::new(1.0, text),
        corner_radius: radius,
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: widget(tokens.ground, tokens.hairline, tokens.text),
        inactive: widget(tokens.ground, tokens.border, tokens.text),
        hovered: widget(tokens.hover, tokens.border, tokens.text),
        active: widget(tokens.chosen, tokens.accent, tokens.text),
        open: widget(tokens.hover, tokens.border, tokens.text),
    };
    visuals.selection = Selection { bg_fill: tokens.chosen, stroke: Stroke::new(1.0, tokens.accent) };
    visuals.hyperlink_color = tokens.accent;
    visuals.weak_text_color = Some(tokens.weak);
    visuals.faint_bg_color = tokens.panel;
    visuals.extreme_bg_color = tokens.ground;
    visuals.text_edit_bg_color = Some(tokens.ground);
    visuals.code_bg_color = tokens.hover;
    visuals.warn_fg_color = tokens.doubtful;
    visuals.error_fg_color = tokens.failed;
    visuals.window_fill = tokens.ground;
    visuals.panel_fill = tokens.ground;
    visuals.window_stroke = Stroke::new(1.0, tokens.hairline);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    let shadow =
        Shadow { offset: [0, 6], blur: 24, spread: 0, color: Color32::from_black_alpha(if theme == Theme::Dark { 110 } else { 36 }) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.striped = false;
    visuals.slider_trailing_fill = true;
    visuals
}
