//! When a crawler runs: plain choices, and the sentence that says what was chosen.

use egui::{ComboBox, DragValue, TextEdit, Ui};

use super::super::widgets;
use crate::model::Message;
use crate::state::catalog::schedule::Schedule;
use crate::text::Texts;

const DAYS: [&str; 7] =
    ["catalog-sunday", "catalog-monday", "catalog-tuesday", "catalog-wednesday", "catalog-thursday", "catalog-friday", "catalog-saturday"];

/// Draws the choice; whether it has changed.
pub(super) fn show(ui: &mut Ui, schedule: &mut Schedule, texts: &Texts) -> bool {
    let before = schedule.clone();
    let (hour, minute) = match &before {
        Schedule::Daily(hour, minute) | Schedule::Weekly(_, hour, minute) | Schedule::Monthly(_, hour, minute) => (*hour, *minute),
        Schedule::Hourly(minute) => (2, *minute),
        _ => (2, 0),
    };
    let custom = Schedule::Custom(before.cron().unwrap_or_else(|| "cron(0 2 * * ? *)".to_owned()));
    let choices = [
        (Schedule::OnRequest, "catalog-on-request"),
        (Schedule::Hourly(minute), "catalog-hourly"),
        (Schedule::Daily(hour, minute), "catalog-daily"),
        (Schedule::Weekly(1, hour, minute), "catalog-weekly"),
        (Schedule::Monthly(1, hour, minute), "catalog-monthly"),
        (custom, "catalog-custom"),
    ];
    let same = |one: &Schedule, other: &Schedule| std::mem::discriminant(one) == std::mem::discriminant(other);
    let label = texts.t("catalog-form-schedule");
    let shown = choices.iter().find(|(choice, _)| same(choice, schedule)).map(|(_, id)| texts.t(id)).unwrap_or_default();
    widgets::labelled(ui, &label, |ui| {
        let combo = ComboBox::from_id_salt("catalog-schedule").width(200.0).selected_text(shown).show_ui(ui, |ui| {
            for (choice, id) in choices {
                if ui.selectable_label(same(&choice, schedule), texts.t(id)).clicked() && !same(&choice, schedule) {
                    *schedule = choice;
                }
            }
        });
        combo.response
    });
    ui.horizontal(|ui| match schedule {
        Schedule::OnRequest => {}
        Schedule::Hourly(minute) => number(ui, minute, 0..=59, "catalog-minute", texts),
        Schedule::Daily(hour, minute) => time(ui, hour, minute, texts),
        Schedule::Weekly(day, hour, minute) => {
            let label = texts.t("catalog-day");
            let shown = DAYS.get(usize::from(*day)).map(|id| texts.t(id)).unwrap_or_default();
            widgets::labelled(ui, &label, |ui| {
                let combo = ComboBox::from_id_salt("catalog-weekday").selected_text(shown).show_ui(ui, |ui| {
                    for (index, id) in (0_u8..).zip(DAYS) {
                        ui.selectable_value(day, index, texts.t(id));
                    }
                });
                combo.response
            });
            time(ui, hour, minute, texts);
        }
        Schedule::Monthly(date, hour, minute) => {
            number(ui, date, 1..=31, "catalog-date", texts);
            time(ui, hour, minute, texts);
        }
        Schedule::Custom(text) => {
            let label = texts.t("catalog-cron");
            widgets::labelled(ui, &label, |ui| ui.add(TextEdit::singleline(text).desired_width(260.0).font(egui::TextStyle::Monospace)));
        }
    });
    widgets::caption(ui, plain(schedule, texts));
    *schedule != before
}

fn time(ui: &mut Ui, hour: &mut u8, minute: &mut u8, texts: &Texts) {
    number(ui, hour, 0..=23, "catalog-hour", texts);
    number(ui, minute, 0..=59, "catalog-minute", texts);
}

fn number(ui: &mut Ui, value: &mut u8, range: std::ops::RangeInclusive<u8>, label: &str, texts: &Texts) {
    let label = texts.t(label);
    widgets::labelled(ui, &label, |ui| ui.add(DragValue::new(value).range(range).speed(0.2)));
}

/// The schedule as a sentence.
pub(super) fn plain(schedule: &Schedule, texts: &Texts) -> String {
    let clock = |hour: u8, minute: u8| format!("{hour:02}:{minute:02}");
    let message = match schedule {
        Schedule::OnRequest => Message::new("catalog-when-request"),
        Schedule::Hourly(minute) => Message::new("catalog-when-hourly").with("minute", format!("{minute:02}")),
        Schedule::Daily(hour, minute) => Message::new("catalog-when-daily").with("time", clock(*hour, *minute)),
        Schedule::Weekly(day, hour, minute) => {
            let day = Message::new(DAYS.get(usize::from(*day)).copied().unwrap_or("catalog-sunday"));
            Message::new("catalog-when-weekly").with("day", day).with("time", clock(*hour, *minute))
        }
        Schedule::Monthly(date, hour, minute) => {
            Message::new("catalog-when-monthly").with("date", u64::from(*date)).with("time", clock(*hour, *minute))
        }
        Schedule::Custom(text) => Message::new("catalog-when-custom").with("cron", text.as_str()),
    };
    texts.say(&message)
}
