//! What differs by platform: X11 or Wayland, and the folder in which people expect saved files.

use std::path::PathBuf;

/// How the window is put on the screen.
pub(super) struct Windowing {
    /// Set when the program chooses X11 itself.
    pub(super) event_loop_builder: Option<eframe::EventLoopBuilderHook>,
    /// Whether dropped files arrive.
    pub(super) drops_arrive: bool,
}

/// winit 0.30 delivers no drops on Wayland, so a Wayland session that has XWayland gets an X11 window unless that is turned off.
#[cfg(target_os = "linux")]
pub(super) fn windowing(prefer_x11: bool) -> Windowing {
    use winit::platform::x11::EventLoopBuilderExtX11 as _;
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let wayland = set("WAYLAND_DISPLAY");
    if !wayland {
        return Windowing { event_loop_builder: None, drops_arrive: true };
    }
    if prefer_x11 && set("DISPLAY") {
        let builder: eframe::EventLoopBuilderHook = Box::new(|builder| {
            builder.with_x11();
        });
        return Windowing { event_loop_builder: Some(builder), drops_arrive: true };
    }
    Windowing { event_loop_builder: None, drops_arrive: false }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn windowing(_prefer_x11: bool) -> Windowing {
    Windowing { event_loop_builder: None, drops_arrive: true }
}

/// The downloads folder, or the home folder where there is none.
pub(super) fn save_folder() -> PathBuf {
    directories::UserDirs::new()
        .map(|dirs| dirs.download_dir().filter(|folder| folder.is_dir()).map_or_else(|| dirs.home_dir().to_path_buf(), PathBuf::from))
        .unwrap_or_default()
}
