//! The system's file dialogs and programs: started on the window's thread, awaited by the worker, answered through a bounded channel.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use eframe::egui;

use crate::message::bias::BiasSource;
use crate::state::{Action, PickFor, State};
use crate::worker::Worker;

/// What a dialog answers.
enum Answer {
    /// These were picked.
    Picked(PickFor, Vec<PathBuf>),
    /// This path was chosen to save to; the system has asked about replacing.
    Save(PathBuf),
    /// Whether the path that was typed exists.
    Exists(PathBuf, bool),
}

/// The dialogs that are open.
pub(super) struct Dialogs {
    sender: SyncSender<Answer>,
    receiver: Receiver<Answer>,
}

impl Default for Dialogs {
    fn default() -> Self {
        let (sender, receiver) = sync_channel(8);
        Self { sender, receiver }
    }
}

impl Dialogs {
    /// Takes the answers in.
    pub(super) fn drain(&self, state: &mut State) {
        while let Ok(answer) = self.receiver.try_recv() {
            match answer {
                Answer::Picked(PickFor::Ingest | PickFor::IngestFolder, paths) => state.files_arrived(paths),
                Answer::Picked(PickFor::BiasSource, paths) => {
                    if let Some(path) = paths.into_iter().next() {
                        state.act(Action::MeasureSource(BiasSource::File(path)));
                    }
                }
                Answer::Picked(PickFor::BiasExport, paths) => {
                    if let Some(path) = paths.into_iter().next() {
                        state.save_folder = path;
                    }
                }
                Answer::Save(path) => {
                    if let Some(dialog) = &mut state.save {
                        dialog.path = path.display().to_string();
                        state.save_agreed();
                    }
                }
                Answer::Exists(path, exists) => {
                    let asked = state.save.as_ref().is_some_and(|dialog| Path::new(&dialog.path) == path);
                    if asked && exists {
                        if let Some(dialog) = &mut state.save {
                            dialog.exists = true;
                        }
                    } else if asked {
                        state.save_agreed();
                    }
                }
            }
        }
    }

    /// Asks for files or a folder.
    pub(super) fn pick(&self, purpose: PickFor, worker: &Worker, ctx: &egui::Context, frame: &eframe::Frame) {
        let dialog = rfd::AsyncFileDialog::new().set_parent(frame);
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let tell = move |paths: Vec<PathBuf>| {
            // A full channel means that eight dialogs were answered within one frame; dropping the ninth loses nothing.
            if sender.try_send(Answer::Picked(purpose, paths)).is_ok() {
                ctx.request_repaint();
            }
        };
        match purpose {
            PickFor::Ingest | PickFor::BiasSource => {
                let picked = dialog.pick_files();
                worker.spawn(async move {
                    if let Some(files) = picked.await {
                        tell(files.iter().map(|file| file.path().to_path_buf()).collect());
                    }
                });
            }
            PickFor::IngestFolder | PickFor::BiasExport => {
                let picked = dialog.pick_folder();
                worker.spawn(async move {
                    if let Some(folder) = picked.await {
                        tell(vec![folder.path().to_path_buf()]);
                    }
                });
            }
        }
    }

    /// Opens the system's save dialog at this path.
    pub(super) fn browse(&self, path: &str, worker: &Worker, ctx: &egui::Context, frame: &eframe::Frame) {
        let path = Path::new(path);
        let mut dialog = rfd::AsyncFileDialog::new().set_parent(frame);
        if let Some(folder) = path.parent() {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = path.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        let saved = dialog.save_file();
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        worker.spawn(async move {
            if let Some(file) = saved.await
                && sender.try_send(Answer::Save(file.path().to_path_buf())).is_ok()
            {
                ctx.request_repaint();
            }
        });
    }

    /// Finds out whether a path exists.
    pub(super) fn check(&self, path: PathBuf, worker: &Worker, ctx: &egui::Context) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        worker.spawn(async move {
            let exists = tokio::fs::try_exists(&path).await.unwrap_or(false);
            if sender.try_send(Answer::Exists(path, exists)).is_ok() {
                ctx.request_repaint();
            }
        });
    }
}

/// Opens a file or folder with the system's program for it.
pub(super) fn open(path: PathBuf, worker: &Worker) {
    worker.spawn(async move {
        let opener = if cfg!(target_os = "macos") {
            "open"
        } else if cfg!(windows) {
            "explorer"
        } else {
            "xdg-open"
        };
        if let Err(error) = tokio::process::Command::new(opener).arg(&path).status().await {
            tracing::warn!("{} could not be opened: {error}", path.display());
        }
    });
}
