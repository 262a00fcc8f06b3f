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
    for (at, facet) in chosen.facets.iter_mut().enumerate() {
        ui.push_id(("facet", at), |ui| {
            ui.horizontal(|ui| {
                let room = ui.available_width() - if several { theme::CONTROL + theme::GAP } else { 0.0 };
                let name = texts.say(&Message::new("biastab-facet-number").with("number", at + 1));
                let shown = if facet.column.is_empty() { texts.t("biastab-choose") } else { facet.column.clone() };
                let picked = picker(ui, texts, &name, &shown, room, || form::choices(columns));
                if let Some(column) = picked.and_then(|at| columns.get(at)) {
                    *facet = FacetForm { column: column.name.clone(), ..FacetForm::default() };
                }
                let label = texts.say(&Message::new("biastab-facet-remove").with("column", facet.column.as_str()));
                if several && widgets::icon_button(ui, icons::X, &label).clicked() {
                    removed = Some(at);
                }
            });
            if let Some(column) = columns.iter().find(|column| column.name == facet.column) {
                examine(ui, facet, column, texts);
            }
        });
    }
    if let Some(at) = removed {
        chosen.facets.remove(at);
    }
    if let Some(next) = chosen.next_facet(columns).map(|column| column.name.clone())
        && widgets::quiet(ui, Some(icons::PLUS), &texts.t("biastab-facet-add")).clicked()
    {
        chosen.facets.push(FacetForm { column: next, ..FacetForm::default() });
    }
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
