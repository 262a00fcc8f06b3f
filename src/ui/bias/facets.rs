//! The groups to examine: one or more facet columns, and how their values are taken.

use egui::{TextEdit, Ui};

use super::super::widgets::picker::picker;
use super::{form, icons, theme, widgets};
use crate::message::bias::SourceColumn;
use crate::model::Message;
use crate::state::bias::form::{Examine, FacetForm, Form, numeric};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, chosen: &mut Form, columns: &[SourceColumn], texts: &Texts) {
    widgets::weak(ui, texts.t("biastab-facets")).on_hover_text(texts.t("biastab-facets-hint"));
    let mut removed = None;
    let several = chosen.facets.len() > 1;
    let free: Vec<Vec<&SourceColumn>> = chosen.facets.iter().map(|facet| chosen.crossable(facet, columns)).collect();
    for (at, (facet, free)) in chosen.facets.iter_mut().zip(free).enumerate() {
        ui.push_id(("facet", at), |ui| {
            ui.horizontal(|ui| {
                let room = ui.available_width() - if several { theme::CONTROL + theme::GAP } else { 0.0 };
                let name = texts.say(&Message::new("biastab-facet-number").with("number", at + 1));
                let shown = if facet.column.is_empty() { texts.t("biastab-choose") } else { facet.column.clone() };
                let picked = picker(ui, texts, &name, &shown, room, || form::choices(columns));
                if let Some(column) = picked.and_then(|at| columns.get(at)) {
                    *facet = FacetForm::of(&column.name);
                }
                let label = texts.say(&Message::new("biastab-facet-remove").with("column", facet.column.as_str()));
                if several && widgets::icon_button(ui, icons::X, &label).clicked() {
                    removed = Some(at);
                }
            });
            crossed(ui, facet, texts);
            if let Some(column) = columns.iter().find(|column| column.name == facet.column) {
                if facet.crossed.is_empty() {
                    examine(ui, facet, column, texts);
                } else {
                    widgets::caption(ui, texts.t("biastab-crossed-hint"));
                }
            }
            // Where there is one facet, the way to another one stands in the same row.
            if several {
                cross(ui, facet, &free, texts);
            }
        });
    }
    if let Some(at) = removed {
        chosen.facets.remove(at);
    }
    let crossable = chosen.facets.first().map(|facet| chosen.crossable(facet, columns)).unwrap_or_default();
    ui.horizontal(|ui| {
        if let [only] = chosen.facets.as_mut_slice() {
            cross(ui, only, &crossable, texts);
        }
        if let Some(next) = chosen.next_facet(columns).map(|column| column.name.clone())
            && widgets::quiet(ui, Some(icons::PLUS), &texts.t("biastab-facet-add")).clicked()
        {
            chosen.facets.push(FacetForm::of(&next));
        }
    });
}

/// The columns that a facet is crossed with, each with a way to take it off.
fn crossed(ui: &mut Ui, facet: &mut FacetForm, texts: &Texts) {
    let mut removed = None;
    for (at, column) in facet.crossed.iter().enumerate() {
        ui.horizontal(|ui| {
            widgets::weak(ui, "×");
            let room = (ui.available_width() - theme::CONTROL - theme::GAP).max(40.0);
            ui.allocate_ui(egui::vec2(room, theme::CONTROL), |ui| {
                ui.set_min_width(room);
                ui.add(egui::Label::new(column).truncate());
            });
            let label = texts.say(&Message::new("biastab-facet-remove").with("column", column.as_str()));
            if widgets::icon_button(ui, icons::X, &label).clicked() {
                removed = Some(at);
            }
        });
    }
    if let Some(at) = removed {
        facet.crossed.remove(at);
    }
}

/// A menu of the columns that the facet can be crossed with.
fn cross(ui: &mut Ui, facet: &mut FacetForm, free: &[&SourceColumn], texts: &Texts) {
    if facet.column.is_empty() || free.is_empty() {
        return;
    }
    let button = widgets::quiet(ui, Some(icons::PLUS), &texts.t("biastab-cross")).on_hover_text(texts.t("biastab-cross-hint"));
    egui::Popup::menu(&button).show(|ui| {
        egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for column in free {
                if ui.button(&column.name).clicked() {
                    facet.crossed.push(column.name.clone());
                    ui.close();
                }
            }
        });
    });
}

/// How the values of a facet are taken.
fn examine(ui: &mut Ui, facet: &mut FacetForm, column: &SourceColumn, texts: &Texts) {
    let each = if column.more {
        texts.t("biastab-examine-each-more")
    } else {
        texts.say(&Message::new("biastab-examine-each").with("values", column.values.len()))
    };
    let mut ways = vec![(Examine::Each, each), (Examine::Together, texts.t("biastab-examine-together"))];
    if numeric(column) {
        ways.push((Examine::Above, texts.t("biastab-examine-above")));
        ways.push((Examine::Bins, texts.t("biastab-examine-bins")));
    }
    let labels: Vec<String> = ways.iter().map(|(_, label)| label.clone()).collect();
    let shown = ways.iter().find(|(way, _)| *way == facet.examine).map_or_else(String::new, |(_, label)| label.clone());
    let choices = || labels.into_iter().map(widgets::picker::Choice::of).collect();
    let width = ui.available_width();
    let name = texts.say(&Message::new("biastab-examine").with("column", facet.column.as_str()));
    if let Some((way, _)) = picker(ui, texts, &name, &shown, width, choices).and_then(|at| ways.get(at)) {
        facet.examine = *way;
    }
    match facet.examine {
        Examine::Each => {}
        Examine::Together => form::tick_values(ui, "together", column, &mut facet.values, texts),
        Examine::Above | Examine::Bins => {
            let hint = if facet.examine == Examine::Above { "40" } else { "25, 40, 60" };
            let field = TextEdit::singleline(&mut facet.numbers).hint_text(hint).desired_width(f32::INFINITY);
            ui.add(field).accessible_name(shown);
        }
    }
}
