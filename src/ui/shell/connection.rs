//! The connection: which lake is meant is always in sight, and a click away from any other.

use egui::{Color32, Popup, PopupCloseBehavior, RichText, Sense, TextEdit, Ui, vec2};

use super::super::widgets::{self, failure_banner, primary};
use super::super::{icons, theme};
use crate::model::Connection;
use crate::state::palette::connection_name;
use crate::state::{Action, State};
use crate::text::Texts;

/// The connection's colour: a production account never looks like the local lake.
fn colour(ui: &Ui, state: &State) -> Color32 {
    let tokens = theme::tokens(ui);
    if state.connection.failure.is_some() {
        return tokens.failed;
    }
    match state.outbox.connection {
        Connection::Local => tokens.accent,
        Connection::Profile(_) | Connection::Environment => tokens.doubtful,
        Connection::Endpoint { .. } => tokens.info,
    }
}

/// The line under the top bar, in the connection's colour.
pub(super) fn hairline(ui: &mut Ui, state: &State) {
    let colour = colour(ui, state);
    egui::Panel::top("connection-line")
        .exact_size(2.0)
        .resizable(false)
        .show_separator_line(false)
        .frame(egui::Frame::new().fill(colour))
        .show(ui, |ui| {
            ui.allocate_space(vec2(ui.available_width(), 0.0));
        });
}

/// The switcher at the end of the top bar.
pub(super) fn switcher(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let colour = colour(ui, state);
    let name = texts.say(&connection_name(&state.outbox.connection));
    let said = texts.say(&crate::model::Message::new("shell-connection-button").with("name", name.as_str()));
    let button = egui::Button::new((dot(colour), RichText::new(&name), icons::CHEVRON_DOWN.image(ui))).min_size(vec2(0.0, theme::CONTROL));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &said));
    Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(340.0).show(|ui| menu(ui, state, texts));
}

/// A round dot of this colour as an image-like atom.
fn dot(colour: Color32) -> RichText {
    RichText::new("●").color(colour).size(10.0)
}

fn menu(ui: &mut Ui, state: &mut State, texts: &Texts) {
    identity(ui, state, texts);
    widgets::hairline(ui);
    // Whatever comes and goes above, a choice stays the one that a pointer or an assistive program is about to press.
    let fixed = egui::UiBuilder::new().scope_id(egui::Id::unique("connection-choices"));
    if let Some(connection) = ui.scope_builder(fixed, |ui| choices(ui, state, texts)).inner {
        state.act(Action::Connect(connection));
        ui.close();
    }
}

/// The known connections, and the form for one more; the one that was chosen.
fn choices(ui: &mut Ui, state: &mut State, texts: &Texts) -> Option<Connection> {
    let mut chosen = None;
    egui::ScrollArea::vertical().id_salt("connections").max_height(260.0).show(ui, |ui| {
        for connection in &state.connection.known {
            let is = *connection == state.outbox.connection;
            let label = texts.say(&connection_name(connection));
            let icon = match connection {
                Connection::Local => icons::HARD_DRIVE,
                Connection::Profile(_) => icons::CLOUD,
                Connection::Environment => icons::KEY,
                Connection::Endpoint { .. } => icons::SERVER,
            };
            let button = egui::Button::selectable(is, (icon.image(ui), label)).min_size(vec2(ui.available_width(), theme::CONTROL));
            if ui.add(button).clicked() {
                chosen = Some(connection.clone());
            }
        }
    });
    widgets::hairline(ui);
    widgets::caption(ui, texts.t("shell-connection-own"));
    let draft = &mut state.connection;
    let url = texts.t("shell-connection-url");
    let field = ui.add(TextEdit::singleline(&mut draft.endpoint_draft).hint_text("http://127.0.0.1:9000").desired_width(f32::INFINITY));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &url));
    let profile = texts.t("shell-connection-keys");
    let field = ui.add(TextEdit::singleline(&mut draft.profile_draft).hint_text(&profile).desired_width(f32::INFINITY));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &profile));
    let whole = draft.endpoint_draft.starts_with("http://") || draft.endpoint_draft.starts_with("https://");
    ui.add_enabled_ui(whole, |ui| {
        if primary(ui, None, &texts.t("shell-connection-connect")).clicked() {
            let profile = if draft.profile_draft.is_empty() { "default".to_owned() } else { draft.profile_draft.clone() };
            chosen = Some(Connection::Endpoint { url: draft.endpoint_draft.clone(), profile });
        }
    });
    chosen
}

/// What the connected lake is: account, region, endpoint and folder; or why it can't be reached.
fn identity(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if let Some(failure) = state.connection.failure.clone() {
        failure_banner(ui, texts, &failure);
        if widgets::secondary(ui, Some(icons::REFRESH_CW), &texts.t("shell-connection-again")).clicked() {
            let same = state.outbox.connection.clone();
            state.act(Action::Connect(same));
        }
        return;
    }
    let Some(info) = &state.connection.info else {
        ui.horizontal(|ui| {
            ui.spinner();
            widgets::weak(ui, texts.t("shell-connection-waiting"));
        });
        return;
    };
    egui::Grid::new("identity").num_columns(2).spacing(vec2(theme::GAP_MEDIUM, theme::GAP_SMALL)).show(ui, |ui| {
        let mut row = |label: &str, value: &str| {
            widgets::caption(ui, texts.t(label));
            let response = ui.add(egui::Label::new(value).truncate().sense(Sense::click())).on_hover_text(value);
            if response.clicked() {
                ui.copy_text(value.to_owned());
            }
            ui.end_row();
        };
        row("shell-identity-account", &info.account);
        row("shell-identity-region", &info.region);
        if let Some(endpoint) = &info.endpoint {
            row("shell-identity-endpoint", endpoint);
        }
        if let Some(folder) = &info.folder {
            row("shell-identity-folder", folder);
        }
    });
}
