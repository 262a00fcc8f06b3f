//! A row in the middle of its region.

use egui::Ui;

/// Draws a row of widgets in the middle. Its width is known after the first pass, which is then drawn again.
pub fn centered(ui: &mut Ui, salt: &str, row: impl FnOnce(&mut Ui)) {
    let id = ui.make_persistent_id(salt);
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    let room = ui.available_width();
    ui.allocate_ui_with_layout(egui::vec2(room, 0.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.add_space(((room - known.unwrap_or(room)) / 2.0).max(0.0));
        let width = ui.horizontal(row).response.rect.width();
        ui.data_mut(|data| data.insert_temp(id, width));
        if known.is_none() {
            ui.ctx().request_discard("the width of a centred row");
        }
    });
}
