//! The files that arrived, and the one that is looked at: what it is, what is wrong with it, and its first rows.

use egui::{Align, Layout, RichText, ScrollArea, Sense, Ui, WidgetInfo};

use super::super::widgets::{self, Tone, banner, icon_button, quiet, secondary};
use super::super::{icons, theme};
use super::{choices, overrides, preview, summary, welcome};
use crate::infer::{Finding, Severity};
use crate::model::Message;
use crate::state::ingest::files::FileItem;
use crate::state::{Action, State};
use crate::text::{self, Texts};

/// The findings shown before the rest is unfolded.
const FINDINGS: usize = 4;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    welcome::take_pasted(ui, state);
    header(ui, state, texts);
    welcome::paste_field(ui, state, texts);
    let Some(item) = state.ingest.files.chosen() else { return };
    if item.failure.is_some() {
        failed(ui, state, texts);
    }
    reading(ui, state, texts);
    let Some(item) = state.ingest.files.chosen().filter(|item| item.preview.is_some()) else { return };
    let has_grid = item.preview.as_ref().is_some_and(|preview| !preview.columns.is_empty());
    let most = if has_grid { (ui.available_height() * 0.56).max(120.0) } else { f32::INFINITY };
    let index = state.ingest.files.chosen_index();
    ScrollArea::vertical().id_salt(("ingest-about", index)).max_height(most).auto_shrink([false, true]).show(ui, |ui| {
        summary_line(ui, state, texts);
        if state.ingest.files.changing {
            overrides::show(ui, state, texts);
        }
        if let Some(item) = state.ingest.files.chosen() {
            findings(ui, item, texts);
        }
        choices::show(ui, state, texts);
    });
    ui.add_space(theme::GAP_SMALL);
    preview::show(ui, state, texts);
}

/// One file: its name. Several: a strip of them.
fn header(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let (mut choose, mut remove) = (None, None);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL);
        let files = &state.ingest.files;
        if let [item] = files.items() {
            ui.add(icon_of(item).tinted(theme::tokens(ui).weak));
            let name = ui.add(egui::Label::new(RichText::new(item.name()).text_style(theme::section())).truncate());
            name.on_hover_text(item.path.display().to_string());
            let label = texts.say(&Message::new("ingest-remove").with("name", item.name()));
            if icon_button(ui, icons::X, &label).clicked() {
                remove = Some(0);
            }
        } else {
            let room = (ui.available_width() - 130.0).max(120.0);
            ScrollArea::horizontal().id_salt("ingest-files").max_width(room).show(ui, |ui| {
                for (index, item) in files.items().iter().enumerate() {
                    ui.push_id(&item.path, |ui| chip(ui, item, index == files.chosen_index(), index, texts, &mut choose, &mut remove));
                }
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| welcome::add_menu(ui, state, texts));
    });
    if let Some(index) = choose {
        state.ingest.files.choose(index);
    }
    if let Some(index) = remove {
        state.ingest.files.remove(index, &mut state.outbox);
    }
    widgets::hairline(ui);
}

fn chip(ui: &mut Ui, item: &FileItem, chosen: bool, index: usize, texts: &Texts, choose: &mut Option<usize>, remove: &mut Option<usize>) {
    let tokens = theme::tokens(ui);
    let fill = if chosen { tokens.chosen } else { tokens.panel };
    egui::Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(egui::Margin { left: 8, right: 2, top: 0, bottom: 0 }).show(
        ui,
        |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
            if item.reading.is_some() {
                ui.add(egui::Spinner::new().size(14.0));
            } else if item.failure.is_some() {
                ui.add(icons::CIRCLE_X.tinted(tokens.failed));
            } else {
                ui.add(icon_of(item).tinted(tokens.weak));
            }
            let name = item.name();
            let label = ui.add(egui::Label::new(&name).selectable(false).sense(Sense::click()));
            let enabled = ui.is_enabled();
            label.widget_info(|| WidgetInfo::selected(egui::Role::Tab, enabled, chosen, &name));
            if label.on_hover_text(item.path.display().to_string()).clicked() {
                *choose = Some(index);
            }
            if icon_button(ui, icons::X, &texts.say(&Message::new("ingest-remove").with("name", name))).clicked() {
                *remove = Some(index);
            }
        },
    );
}

fn icon_of(item: &FileItem) -> icons::Icon {
    if item.failure.is_some() {
        icons::CIRCLE_X
    } else if item.is_table() {
        icons::FILE_SPREADSHEET
    } else {
        icons::FILE
    }
}

fn failed(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(failure) = state.ingest.files.chosen().and_then(|item| item.failure.clone()) else { return };
    widgets::failure_banner(ui, texts, &failure);
    let (mut again, mut remove, mut back) = (false, false, false);
    ui.horizontal(|ui| {
        again = secondary(ui, Some(icons::REFRESH_CW), &texts.t("ingest-read-again")).clicked();
        let overridden = state.ingest.files.chosen().is_some_and(|item| item.overrides != crate::infer::Overrides::default());
        back = overridden && quiet(ui, Some(icons::UNDO_2), &texts.t("ingest-back-to-guesses")).clicked();
        remove = quiet(ui, Some(icons::X), &texts.t("ingest-remove-file")).clicked();
    });
    let files = &mut state.ingest.files;
    if again {
        files.retry(&mut state.outbox);
    } else if back {
        files.change(&mut state.outbox, |overrides| *overrides = crate::infer::Overrides::default());
    } else if remove {
        files.remove(files.chosen_index(), &mut state.outbox);
    }
}

fn reading(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some((job, name)) = state.ingest.files.chosen().and_then(|item| Some((item.reading?, item.name()))) else { return };
    let sentence = texts.say(&Message::new("ingest-reading").with("name", name));
    if widgets::job::wait(ui, state.jobs.get(job), &sentence, texts) {
        state.act(Action::Cancel(job));
    }
}

fn summary_line(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(preview) = state.ingest.files.chosen().and_then(|item| item.preview.as_ref()) else { return };
    let can_change = preview.evidence.encoding.is_some();
    let mut toggle = false;
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(theme::CONTROL);
        let weak = theme::tokens(ui).weak;
        ui.spacing_mut().item_spacing.x = 6.0;
        for (index, (part, reason)) in summary::parts(preview, texts).into_iter().enumerate() {
            if index > 0 {
                ui.label(RichText::new("·").color(weak));
            }
            let label = ui.label(part);
            if let Some(reason) = reason {
                label.on_hover_text(reason);
            }
        }
        if can_change {
            ui.add_space(theme::GAP_SMALL);
            let id = if state.ingest.files.changing { "ingest-change-close" } else { "ingest-change" };
            toggle = quiet(ui, Some(icons::PENCIL), &texts.t(id)).clicked();
        }
    });
    if toggle {
        state.ingest.files.changing = !state.ingest.files.changing;
    }
}

/// What is to be known about the file, the gravest first.
fn findings(ui: &mut Ui, item: &FileItem, texts: &Texts) {
    let Some(preview) = &item.preview else { return };
    // Line breaks are said with the choice that they ask for.
    let said_elsewhere = |finding: &&Finding| finding.message.id == choices::LINE_BREAKS && choices::is_shown(item);
    let all: Vec<&Finding> = preview.evidence.findings.iter().filter(|finding| !said_elsewhere(finding)).collect();
    for finding in all.iter().take(FINDINGS) {
        self::finding(ui, finding, texts);
    }
    let rest = all.get(FINDINGS..).unwrap_or_default();
    if !rest.is_empty() {
        let more = texts.say(&Message::new("ingest-more-findings").with("findings", rest.len()));
        egui::CollapsingHeader::new(more).id_salt(("findings", &item.path)).show(ui, |ui| {
            for finding in rest {
                self::finding(ui, finding, texts);
            }
        });
    }
    if !item.is_table() {
        let id = if preview.evidence.errors().next().is_some() { "ingest-raw-only" } else { "ingest-no-table" };
        banner(ui, Tone::Info, &texts.t(id), |_| {});
    }
}

fn finding(ui: &mut Ui, finding: &Finding, texts: &Texts) {
    let tone = match finding.severity {
        Severity::Error => Tone::Failed,
        Severity::Warning => Tone::Doubtful,
        Severity::Info => Tone::Info,
    };
    let mut place = Vec::new();
    let number = |value: u64| text::count(i64::try_from(value).unwrap_or(i64::MAX));
    if let Some(row) = finding.row {
        place.push(texts.say(&Message::new("ingest-at-row").with("row", number(row))));
    }
    if let Some(column) = finding.column {
        place.push(texts.say(&Message::new("ingest-at-column").with("column", number(column))));
    }
    if let (Some(offset), None) = (finding.offset, finding.row) {
        place.push(texts.say(&Message::new("ingest-at-byte").with("byte", number(offset))));
    }
    banner(ui, tone, &texts.say(&finding.message), |ui| {
        if !place.is_empty() {
            widgets::caption(ui, place.join(" · "));
        }
    });
}
