//! A scroll bar over rows or points counted in `f64`, for regions that `f32` offsets can't address.

use egui::{Id, Rangef, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::super::theme;

/// The width of a bar.
pub const WIDTH: f32 = 10.0;
/// The shortest thumb.
const THUMB: f32 = 28.0;

/// Draws a bar in `rect` for a region of `total` of which `page` is seen from `position` on; gives the new position.
pub fn scrollbar(ui: &Ui, id: Id, rect: Rect, name: &str, position: f64, page: f64, total: f64) -> f64 {
    let most = (total - page).max(0.0);
    let vertical = rect.height() > rect.width();
    let track = if vertical { rect.y_range() } else { rect.x_range() };
    #[expect(clippy::cast_possible_truncation, reason = "a length on screen")]
    let thumb = (track.span() * (page / total.max(1.0)) as f32).max(THUMB).min(track.span());
    let free = f64::from(track.span() - thumb);
    #[expect(clippy::cast_possible_truncation, reason = "a place on screen")]
    let start = track.min + if most > 0.0 { (position / most * free) as f32 } else { 0.0 };
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo { value: Some(position), ..WidgetInfo::labeled(Role::ScrollBar, enabled, name) });

    let mut moved = position;
    if let Some(pointer) = response.interact_pointer_pos() {
        let along = if vertical { pointer.y } else { pointer.x };
        if response.drag_started() || response.clicked() {
            // Grabbed where the thumb is, it moves along; beside it, its middle comes to the pointer.
            let grip = if Rangef::new(start, start + thumb).contains(along) { along - start } else { thumb / 2.0 };
            ui.data_mut(|data| data.insert_temp(id, grip));
        }
        if (response.dragged() || response.clicked()) && free > 0.0 {
            let grip = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(thumb / 2.0);
            moved = (f64::from(along - grip - track.min) / free * most).clamp(0.0, most);
        }
    }
    let tokens = theme::tokens(ui);
    let colour = if response.dragged() || response.hovered() { tokens.weak } else { tokens.border };
    let shape = if vertical {
        Rect::from_min_max(pos2(rect.left() + 2.0, start), pos2(rect.right() - 2.0, start + thumb))
    } else {
        Rect::from_min_max(pos2(start, rect.top() + 2.0), pos2(start + thumb, rect.bottom() - 2.0))
    };
    ui.painter().rect_filled(shape, 3.0, colour);
    moved
}
