//! The bucket browser: a folder of the lake is picked as a crawler's target.

use std::collections::BTreeSet;

use egui::{Id, Modal, ScrollArea, Sides, Ui};

use super::super::widgets::{self, quiet, secondary};
use super::super::{icons, theme};
use crate::model::S3Location;
use crate::state::State;
use crate::state::catalog::CatalogPage;
use crate::state::ingest::lake::LakeTree;
use crate::text::Texts;

pub(super) fn show(ui: &Ui, state: &mut State, texts: &Texts) {
    let CatalogPage::Crawler(page) = &mut state.catalog.page else { return };
    if page.form.browsing.is_none() {
        return;
    }
    let (mut toggled, mut picked, mut close) = (None, None, false);
    let id = Id::unique("catalog-browser-open");
    let mut open: BTreeSet<S3Location> = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let response = Modal::new(Id::unique("catalog-browser")).frame(widgets::dialog::frame(ui.ctx())).show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        widgets::section(ui, texts.t("catalog-browser-title"));
        widgets::weak(ui, texts.t("catalog-browser-about"));
        ScrollArea::vertical().id_salt("catalog-browser").max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
            let lake = &state.ingest.lake;
            match lake.buckets() {
                None => _ = widgets::weak(ui, texts.t("ingest-lake-loading")),
                Some([]) => _ = widgets::weak(ui, texts.t("ingest-lake-empty")),
                Some(buckets) => {
                    for bucket in buckets {
                        let place = S3Location { bucket: bucket.name.clone(), key: String::new() };
                        folder(ui, lake, &open, &place, 0, &mut toggled, &mut picked, texts);
                    }
                }
            }
        });
        ui.add_space(theme::GAP);
        Sides::new().show(ui, |_| {}, |ui| close = secondary(ui, None, &texts.t("shell-cancel")).clicked());
    });
    if let Some(place) = toggled
        && !open.remove(&place)
    {
        state.ingest.lake.want(&place, &mut state.outbox);
        open.insert(place);
    }
    let CatalogPage::Crawler(page) = &mut state.catalog.page else { return };
    if let Some(place) = picked {
        page.form.pick(&place);
    } else if close || response.should_close() {
        page.form.browsing = None;
    }
    ui.data_mut(|data| data.insert_temp(id, open));
}

#[expect(clippy::too_many_arguments, reason = "a recursive line of the tree with its two answers")]
fn folder(
    ui: &mut Ui,
    lake: &LakeTree,
    open: &BTreeSet<S3Location>,
    place: &S3Location,
    depth: usize,
    toggled: &mut Option<S3Location>,
    picked: &mut Option<S3Location>,
    texts: &Texts,
) {
    let is_open = open.contains(place);
    ui.push_id(place, |ui| {
        ui.horizontal(|ui| {
            ui.add_space(depth as f32 * 16.0);
            let chevron = if is_open { icons::CHEVRON_DOWN } else { icons::CHEVRON_RIGHT };
            if quiet(ui, Some(chevron), place.leaf()).on_hover_text(place.to_string()).clicked() {
                *toggled = Some(place.clone());
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let choose = secondary(ui, None, &texts.t("catalog-browser-choose"));
                let (name, enabled) = (
                    texts.say(&crate::model::Message::new("catalog-browser-choose-one").with("place", place.to_string())),
                    ui.is_enabled(),
                );
                choose.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, &name));
                if choose.clicked() {
                    *picked = Some(place.clone());
                }
            });
        });
    });
    let Some(listing) = lake.listing(place).filter(|_| is_open) else { return };
    if let Some(failure) = &listing.failure {
        widgets::failure_banner(ui, texts, failure);
    } else if !listing.known {
        ui.add(egui::Spinner::new().size(14.0));
    }
    for below in &listing.folders {
        folder(ui, lake, open, below, depth + 1, toggled, picked, texts);
    }
    if listing.known && listing.folders.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space((depth + 1) as f32 * 16.0 + theme::GAP);
            widgets::caption(ui, texts.t("catalog-browser-no-folders"));
        });
    }
}
