//! The lake's tree: buckets, folders and objects, and what can be done with each.

use egui::{Align, Layout, Popup, Rect, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2};

use super::super::widgets::{self, Answer, icon_button, quiet};
use super::super::{icons, theme};
use crate::message::bias::BiasSource;
use crate::model::{Message, S3Location};
use crate::state::ingest::lake::{Row, RowKind};
use crate::state::{Action, Effect, State};
use crate::text::{self, Texts};

/// The height of a line.
const LINE: f32 = 24.0;
/// How far a level is set in.
const INDENT: f32 = 14.0;

/// What a line was asked for.
enum Todo {
    Toggle(S3Location),
    Choose(S3Location),
    Copy(S3Location),
    Bias(S3Location),
    StoreHere(S3Location),
    Crawl(S3Location),
    Delete(S3Location),
    More(S3Location),
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.take_available_width();
    ui.horizontal(|ui| {
        widgets::section(ui, texts.t("ingest-lake"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::REFRESH_CW, &texts.t("ingest-refresh")).clicked() {
                state.ingest.lake.refresh(&mut state.outbox);
            }
            if state.ingest.lake.waiting() {
                ui.add(egui::Spinner::new().size(14.0));
            }
        });
    });
    widgets::search(ui, &mut state.ingest.lake.filter, &texts.t("ingest-filter"), &texts.t("ingest-filter-clear"));
    egui::Panel::bottom("ingest-lake-foot").resizable(false).show_separator_line(false).frame(egui::Frame::new()).show(ui, |ui| {
        new_bucket(ui, state, texts);
    });
    if let Some(failure) = &state.ingest.lake.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    let todo = lines(ui, state, texts);
    if let Some(todo) = todo {
        act(state, todo);
    }
}

fn lines(ui: &mut Ui, state: &State, texts: &Texts) -> Option<Todo> {
    let tree = &state.ingest.lake;
    let Some(buckets) = tree.buckets() else {
        if tree.failure.is_none() {
            widgets::weak(ui, texts.t("ingest-lake-loading"));
        }
        return None;
    };
    if buckets.is_empty() {
        widgets::weak(ui, texts.t("ingest-lake-empty"));
        return None;
    }
    let rows = tree.rows();
    if rows.is_empty() {
        widgets::weak(ui, texts.t("ingest-filter-nothing"));
    }
    let mut todo = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("ingest-lake").auto_shrink(false).show_rows(ui, LINE, rows.len(), |ui, range| {
        for row in rows.get(range).unwrap_or_default() {
            let salt = (row.bucket.as_str(), row.key, row.is_remark());
            ui.push_id(salt, |ui| {
                if row.is_remark() {
                    if remark(ui, row, texts) {
                        todo = Some(Todo::More(row.place()));
                    }
                } else if let Some(asked) = line(ui, row, tree.chosen.as_ref(), texts) {
                    todo = Some(asked);
                }
            });
        }
    });
    todo
}

/// A remark about a folder; whether more of it is asked for.
fn remark(ui: &mut Ui, row: &Row<'_>, texts: &Texts) -> bool {
    let tokens = theme::tokens(ui);
    let mut more = false;
    ui.horizontal(|ui| {
        ui.set_height(LINE);
        ui.add_space(row.depth as f32 * INDENT + 20.0);
        match row.kind {
            RowKind::Loading => _ = ui.add(egui::Spinner::new().size(12.0)),
            RowKind::More => more = ui.link(RichText::new(texts.t("ingest-more-objects")).text_style(theme::caption())).clicked(),
            RowKind::Failed(failure) => {
                let said = texts.failure(failure);
                ui.add(icons::CIRCLE_X.tinted(tokens.failed));
                ui.add(egui::Label::new(RichText::new(&said).color(tokens.failed)).truncate()).on_hover_text(&said);
            }
            _ => _ = widgets::caption(ui, texts.t("ingest-folder-empty")),
        }
    });
    more
}

fn line(ui: &mut Ui, row: &Row<'_>, chosen: Option<&S3Location>, texts: &Texts) -> Option<Todo> {
    let tokens = theme::tokens(ui);
    let is_chosen = chosen.is_some_and(|place| place.bucket == *row.bucket && place.key == row.key);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(egui::Role::TreeItem, enabled, is_chosen, row.name));
    let pointed = ui.rect_contains_pointer(rect) || response.has_focus();
    if is_chosen || pointed {
        let fill = if is_chosen { tokens.chosen } else { tokens.hover };
        ui.painter().rect_filled(rect, f32::from(theme::RADIUS), fill);
    }
    let mut x = rect.left() + row.depth as f32 * INDENT;
    let mut icon = |icon: Option<icons::Icon>, size: f32, colour| {
        if let Some(icon) = icon {
            let place = Rect::from_center_size(egui::pos2(x + 8.0, rect.center().y), vec2(size, size));
            icon.tinted(colour).paint_at(ui, place);
        }
        x += 18.0;
    };
    let chevron = if row.open { icons::CHEVRON_DOWN } else { icons::CHEVRON_RIGHT };
    icon(row.opens().then_some(chevron), 12.0, tokens.weak);
    let kind = match row.kind {
        RowKind::Bucket => icons::DATABASE,
        RowKind::Folder if row.open => icons::FOLDER_OPEN,
        RowKind::Folder => icons::FOLDER,
        _ => icons::FILE,
    };
    icon(Some(kind), 14.0, if row.kind == RowKind::Bucket { tokens.accent } else { tokens.weak });
    x += theme::GAP_SMALL;
    let menu_room = if is_chosen || pointed { 26.0 } else { 4.0 };
    let mut right = rect.right() - menu_room;
    if let RowKind::Object(size) = row.kind {
        let size = ui.painter().layout_no_wrap(text::bytes(size), egui::TextStyle::Small.resolve(ui.style()), tokens.weak);
        right -= size.size().x + theme::GAP_SMALL;
        ui.painter().galley(egui::pos2(right + theme::GAP_SMALL, rect.center().y - size.size().y / 2.0), size, tokens.weak);
    }
    let name =
        egui::WidgetText::from(row.name).into_galley(ui, Some(egui::TextWrapMode::Truncate), (right - x).max(8.0), egui::TextStyle::Body);
    ui.painter().galley(egui::pos2(x, rect.center().y - name.size().y / 2.0), name, tokens.text);

    let mut todo = None;
    if response.clicked() {
        todo = Some(if row.opens() { Todo::Toggle(row.place()) } else { Todo::Choose(row.place()) });
    }
    response.context_menu(|ui| todo = menu(ui, row, texts));
    let button_rect = Rect::from_center_size(egui::pos2(rect.right() - 13.0, rect.center().y), vec2(22.0, 20.0));
    let mut button_ui = ui.new_child(egui::UiBuilder::new().max_rect(button_rect).id_salt("more"));
    // The menu's own button stays while its menu is open, wherever the pointer is.
    let popup = Popup::default_response_id(&button_ui.response());
    if is_chosen || pointed || Popup::is_id_open(ui.ctx(), popup) {
        let name = texts.say(&Message::new("ingest-more-for").with("name", row.name));
        let more = icon_button(&mut button_ui, icons::ELLIPSIS, &name);
        Popup::menu(&more).id(popup).show(|ui| {
            if let Some(asked) = menu(ui, row, texts) {
                todo = Some(asked);
            }
        });
    }
    let full = format!("s3://{}/{}", row.bucket, row.key);
    response.on_hover_text(full);
    todo
}

fn menu(ui: &mut Ui, row: &Row<'_>, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    let mut item = |ui: &mut Ui, icon, id: &str, make: fn(S3Location) -> Todo| {
        if quiet(ui, Some(icon), &texts.t(id)).clicked() {
            todo = Some(make(row.place()));
            ui.close();
        }
    };
    if row.kind != RowKind::Bucket {
        item(ui, icons::SCALE, "ingest-check-bias", Todo::Bias);
    }
    item(ui, icons::UPLOAD, "ingest-store-here", Todo::StoreHere);
    if row.opens() {
        item(ui, icons::SPARKLES, "ingest-crawl", Todo::Crawl);
    }
    item(ui, icons::COPY, "ingest-copy-address", Todo::Copy);
    ui.separator();
    item(ui, icons::TRASH_2, "ingest-delete", Todo::Delete);
    todo
}

fn act(state: &mut State, todo: Todo) {
    let lake = &mut state.ingest.lake;
    match todo {
        Todo::Toggle(place) => {
            lake.toggle(&place, &mut state.outbox);
            lake.chosen = Some(place);
        }
        Todo::More(place) => lake.list_more(&place, &mut state.outbox),
        Todo::Choose(place) => lake.chosen = Some(place),
        Todo::Copy(place) => state.outbox.effect(Effect::Copy(place.to_string())),
        Todo::Bias(place) => state.act(Action::MeasureSource(BiasSource::Object(place))),
        Todo::StoreHere(place) => state.ingest.destination.set_folder(&place),
        Todo::Crawl(place) => {
            state.act(Action::Open(crate::state::Tab::Catalog));
            state.catalog.crawl(Some(place));
        }
        Todo::Delete(place) => lake.question = Some(place),
    }
}

fn new_bucket(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let lake = &mut state.ingest.lake;
    let Some(draft) = &mut lake.new_bucket else {
        if quiet(ui, Some(icons::PLUS), &texts.t("ingest-bucket")).clicked() {
            lake.new_bucket = Some(crate::state::ingest::lake::NewBucket::default());
        }
        return;
    };
    let (mut create, mut cancel) = (false, false);
    if let Some(failure) = &draft.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    let name = texts.t("ingest-bucket-name");
    let legal = crate::model::BucketName::parse(draft.name.trim()).is_ok();
    let field = ui.add(TextEdit::singleline(&mut draft.name).hint_text(&name).desired_width(f32::INFINITY));
    let enabled = ui.is_enabled();
    field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &name));
    if draft.name.is_empty() {
        field.request_focus();
    } else if !legal {
        widgets::caption(ui, texts.t("ingest-bucket-rule"));
    }
    create |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    cancel |= ui.input(|input| input.key_pressed(egui::Key::Escape)) && (field.has_focus() || field.lost_focus());
    ui.horizontal(|ui| {
        let ready = legal && !draft.waiting();
        create |= ui.add_enabled_ui(ready, |ui| widgets::secondary(ui, None, &texts.t("ingest-bucket-create"))).inner.clicked();
        cancel |= quiet(ui, None, &texts.t("shell-cancel")).clicked();
        if draft.waiting() {
            ui.add(egui::Spinner::new().size(14.0));
        }
    });
    if create {
        lake.create_bucket(&mut state.outbox);
    } else if cancel {
        lake.new_bucket = None;
    }
}

/// The question before something is deleted.
pub(super) fn questions(ui: &Ui, state: &mut State, texts: &Texts) {
    let Some(place) = state.ingest.lake.question.clone() else { return };
    let id = if place.key.is_empty() {
        "ingest-delete-bucket"
    } else if place.key.ends_with('/') {
        "ingest-delete-folder"
    } else {
        "ingest-delete-object"
    };
    let sentence = texts.say(&Message::new(id).with("place", place.to_string()));
    let heading = texts.say(&Message::new("ingest-delete-heading").with("name", place.leaf()));
    match widgets::confirm(ui.ctx(), "ingest-delete", &heading, &sentence, &texts.t("ingest-delete-yes"), &texts.t("shell-cancel")) {
        Some(Answer::Yes) => state.ingest.lake.delete(&mut state.outbox),
        Some(Answer::No) => state.ingest.lake.question = None,
        None => {}
    }
}
