//! A button that opens a searchable list of names to choose from.

use egui::{Key, Modifiers, Popup, PopupCloseBehavior, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::super::{icons, theme};
use crate::text::Texts;

/// So few names need no search.
const FEW: usize = 8;

/// A name to choose, with what is said beside it.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The name.
    pub label: String,
    /// Its type or place; may be empty.
    pub detail: String,
}

impl Choice {
    /// A name alone.
    #[must_use]
    pub fn of(label: impl Into<String>) -> Self {
        Self { label: label.into(), detail: String::new() }
    }
}

/// Shows what is chosen as a button of this width; gives the place of what is newly chosen. `choices` is asked for only while the list is open.
pub fn picker(ui: &mut Ui, texts: &Texts, name: &str, shown: &str, width: f32, choices: impl FnOnce() -> Vec<Choice>) -> Option<usize> {
    let weak = theme::tokens(ui).weak;
    let button = ui.add(
        egui::Button::new((RichText::new(shown), egui::Atom::grow(), icons::CHEVRON_DOWN.tinted(weak)))
            .image_tint_follows_text_color(false)
            .truncate()
            .min_size(vec2(width, theme::CONTROL)),
    );
    let enabled = ui.is_enabled();
    button.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, enabled, name));
    ui.ctx().accesskit_node_builder(button.id, |node| node.set_value(shown));
    let memory = button.id.with("search");
    let opened = button.clicked();
    let mut picked = None;
    Popup::menu(&button).width(width.max(220.0)).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let choices = choices();
        let mut search = if opened { String::new() } else { ui.data(|data| data.get_temp::<String>(memory)).unwrap_or_default() };
        let mut first = false;
        if choices.len() > FEW {
            let field = ui.add(TextEdit::singleline(&mut search).hint_text(texts.t("query-picker-search")).desired_width(f32::INFINITY));
            if opened {
                field.request_focus();
            }
            first = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            ui.data_mut(|data| data.insert_temp(memory, search.clone()));
        }
        let needle = search.trim().to_lowercase();
        ScrollArea::vertical().id_salt(memory).max_height(320.0).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut none = true;
            for (at, choice) in choices.iter().enumerate() {
                if !needle.is_empty() && !choice.label.to_lowercase().contains(&needle) && !choice.detail.to_lowercase().contains(&needle) {
                    continue;
                }
                let detail = RichText::new(&choice.detail).color(weak).text_style(theme::caption());
                let button = egui::Button::selectable(choice.label == shown, (RichText::new(&choice.label), egui::Atom::grow(), detail));
                let response = ui.add(button.min_size(vec2(ui.available_width(), theme::ROW)));
                response.widget_info(|| WidgetInfo::labeled(egui::Role::ListBoxOption, true, &choice.label));
                if response.clicked() || (first && none) {
                    picked = Some(at);
                    ui.close();
                }
                none = false;
            }
            if none {
                super::weak(ui, texts.t("query-picker-nothing"));
            }
        });
        if picked.is_some() {
            ui.close();
        }
    });
    picked
}
