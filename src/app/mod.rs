//! The window: draws the shell, hands commands to the worker, applies its events, and carries out effects.

mod dialogs;
mod persist;
mod platform;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;

use crate::model::Message;
use crate::state::settings::{Settings, ThemeChoice};
use crate::state::{Effect, SaveDialog, State};
use crate::text::{Locale, Texts};
use crate::worker::{Worker, WorkerOptions};

/// How many events are applied a frame, so that a busy worker never holds the screen up.
const EVENTS_A_FRAME: usize = 256;

/// How the window is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the local lake.
    pub lake: PathBuf,
    /// Files to open at once.
    pub files: Vec<PathBuf>,
    /// When the program started, for the time to the first frame.
    pub started: Instant,
}

/// Opens the window and returns when it is closed.
pub fn run(options: Options) -> anyhow::Result<()> {
    let store = persist::Store::of(&options.lake);
    let (settings, broken_settings) = store.settings();
    let (session, broken_session) = store.session();
    let (width, height) = session.window.unwrap_or((1280.0, 800.0));
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("fairlake")
        .with_title("Fairlake")
        .with_inner_size([width, height])
        .with_min_inner_size([880.0, 560.0])
        .with_icon(eframe::icon_data::from_png_bytes(include_bytes!("../../resources/app.png")).unwrap_or_default());
    let windowing = platform::windowing(settings.prefer_x11);
    let native = eframe::NativeOptions {
        viewport,
        persist_window: false,
        event_loop_builder: windowing.event_loop_builder,
        ..eframe::NativeOptions::default()
    };
    let made = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, Box<dyn std::error::Error + Send + Sync>> {
        crate::ui::install(&cc.egui_ctx);
        cc.egui_ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let ctx = cc.egui_ctx.clone();
        let worker = Worker::start(WorkerOptions::new(options.lake.clone()), Arc::new(move || ctx.request_repaint()))?;
        let mut state = State::new(settings, session);
        state.drops_arrive = windowing.drops_arrive;
        state.save_folder = platform::save_folder();
        for path in [broken_settings, broken_session].into_iter().flatten() {
            state.notices.info(Message::new("shell-settings-broken").with("path", path.display().to_string()));
        }
        state.files_arrived(options.files.clone());
        let texts = Texts::new(locale(&state.settings));
        Ok(Box::new(Window {
            worker,
            state,
            texts,
            dialogs: dialogs::Dialogs::default(),
            store,
            applied: None,
            busy: false,
            first_frame: FirstFrame::Awaited(options.started),
        }))
    };
    eframe::run_native("Fairlake", native, Box::new(made)).map_err(|error| anyhow::anyhow!("{error}"))
}

/// The language that is set, or the system's.
fn locale(settings: &Settings) -> Locale {
    settings.locale.unwrap_or_else(|| sys_locale::get_locale().map_or(Locale::English, |tag| Locale::from_tag(&tag)))
}

struct Window {
    worker: Worker,
    state: State,
    texts: Texts,
    dialogs: dialogs::Dialogs,
    store: persist::Store,
    /// The settings as they were last applied to the screen.
    applied: Option<Settings>,
    busy: bool,
    first_frame: FirstFrame,
}

/// Where the window is with its first frame, which is logged once it is on the screen.
#[derive(Debug, Clone, Copy)]
enum FirstFrame {
    /// Not drawn yet; the program started then.
    Awaited(Instant),
    /// Drawn, and handed to the system.
    Drawn(Instant),
    /// Logged.
    Shown,
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if let FirstFrame::Drawn(started) = self.first_frame {
            tracing::info!("first frame after {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
            self.first_frame = FirstFrame::Shown;
        }
        let mut taken = 0;
        while taken < EVENTS_A_FRAME {
            let Some(event) = self.worker.try_recv() else { break };
            self.state.apply(event);
            taken += 1;
        }
        if taken == EVENTS_A_FRAME {
            ctx.request_repaint();
        }
        let running: Vec<_> = self.state.jobs.running().map(|job| job.id).collect();
        for id in running {
            if let Some(progress) = self.worker.progress(id) {
                self.state.jobs.progressed(id, progress);
            }
        }
        self.dialogs.drain(&mut self.state);
        self.flush(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.apply_settings(ui.ctx());
        crate::ui::shell::show(ui, &mut self.state, &self.texts);
        let effects = self.state.outbox.take_effects();
        for effect in effects {
            self.carry_out(effect, ui.ctx(), frame);
        }
        self.flush(ui.ctx());
        if let FirstFrame::Awaited(started) = self.first_frame {
            self.first_frame = FirstFrame::Drawn(started);
            ui.ctx().request_repaint();
        }
    }

    fn save(&mut self, _storage: &mut dyn eframe::Storage) {
        let kept = self.store.snapshot(&self.state);
        self.worker.spawn(async move {
            if let Ok(Err(error)) = tokio::task::spawn_blocking(move || kept.write()).await {
                tracing::warn!("settings were not saved: {error}");
            }
        });
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // The last words of the window: nobody waits for its next frame any more.
        if let Err(error) = self.store.snapshot(&self.state).write() {
            tracing::warn!("settings were not saved: {error}");
        }
    }
}

impl Window {
    /// Hands requests to the worker; those it has no room for wait in front of the next ones.
    fn flush(&mut self, ctx: &egui::Context) {
        let mut requests = self.state.outbox.take_requests().into_iter();
        while let Some(request) = requests.next() {
            if let Err(refused) = self.worker.try_send(request) {
                let left = std::iter::once(refused).chain(requests).collect();
                self.state.outbox.put_back(left);
                if !std::mem::replace(&mut self.busy, true) {
                    self.state.notices.info(Message::new("shell-busy"));
                }
                ctx.request_repaint_after(Duration::from_millis(50));
                return;
            }
        }
        self.busy = false;
    }

    fn apply_settings(&mut self, ctx: &egui::Context) {
        let size = ctx.content_rect().size() * ctx.zoom_factor();
        self.store.window = Some((size.x, size.y));
        let settings = &self.state.settings;
        if self.applied.as_ref() == Some(settings) {
            return;
        }
        ctx.set_theme(match settings.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
        });
        ctx.set_zoom_factor(settings.zoom);
        let motion = if settings.reduced_motion { 0.0 } else { 0.12 };
        ctx.all_styles_mut(|style| style.animation_time = motion);
        let locale = locale(settings);
        if self.texts.locale() != locale {
            self.texts = Texts::new(locale);
        }
        self.worker.set_language(locale);
        self.applied = Some(settings.clone());
    }

    fn carry_out(&mut self, effect: Effect, ctx: &egui::Context, frame: &eframe::Frame) {
        match effect {
            Effect::Copy(text) => ctx.copy_text(text),
            Effect::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Effect::Pick(purpose) => self.dialogs.pick(purpose, &self.worker, ctx, frame),
            Effect::Save { name, purpose } => {
                let path = self.state.save_folder.join(name).display().to_string();
                self.state.save = Some(SaveDialog { path, purpose, exists: false });
            }
            Effect::CheckSave => {
                if let Some(dialog) = &self.state.save {
                    self.dialogs.check(dialog.path.clone().into(), &self.worker, ctx);
                }
            }
            Effect::BrowseSave => {
                if let Some(dialog) = &self.state.save {
                    self.dialogs.browse(&dialog.path, &self.worker, ctx, frame);
                }
            }
            Effect::Open(path) => dialogs::open(path, &self.worker),
        }
    }
}
