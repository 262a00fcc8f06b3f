//! The icons: 16-point line drawings (Lucide, ISC) that take the colour of the text beside them.

use egui::{Image, ImageSource, Ui, Vec2};

/// An icon by its file in `resources/icons`.
#[derive(Debug, Clone, Copy)]
pub struct Icon {
    uri: &'static str,
    bytes: &'static [u8],
}

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $file:literal),+ $(,)?) => {
        $($(#[$doc])* pub const $name: Icon = Icon {
            uri: concat!("bytes://icon/", $file, ".svg"),
            bytes: include_bytes!(concat!("../../resources/icons/", $file, ".svg")),
        };)+
    };
}

icons! {
    /// The drawing `arrow-down`.
    ARROW_DOWN = "arrow-down",
    /// The drawing `arrow-up`.
    ARROW_UP = "arrow-up",
    /// The drawing `arrow-up-down`.
    ARROW_UP_DOWN = "arrow-up-down",
    /// The drawing `bell`.
    BELL = "bell",
    /// The drawing `bug`.
    BUG = "bug",
    /// The drawing `calendar`.
    CALENDAR = "calendar",
    /// The drawing `chart-bar`.
    CHART_BAR = "chart-bar",
    /// The drawing `chart-bar-stacked`.
    CHART_BAR_STACKED = "chart-bar-stacked",
    /// The drawing `chart-column`.
    CHART_COLUMN = "chart-column",
    /// The drawing `chart-column-big`.
    CHART_COLUMN_BIG = "chart-column-big",
    /// The drawing `check`.
    CHECK = "check",
    /// The drawing `chevron-down`.
    CHEVRON_DOWN = "chevron-down",
    /// The drawing `chevron-right`.
    CHEVRON_RIGHT = "chevron-right",
    /// The drawing `chevron-up`.
    CHEVRON_UP = "chevron-up",
    /// The drawing `circle-alert`.
    CIRCLE_ALERT = "circle-alert",
    /// The drawing `circle-check`.
    CIRCLE_CHECK = "circle-check",
    /// The drawing `circle-x`.
    CIRCLE_X = "circle-x",
    /// The drawing `clock`.
    CLOCK = "clock",
    /// The drawing `cloud`.
    CLOUD = "cloud",
    /// The drawing `copy`.
    COPY = "copy",
    /// The drawing `database`.
    DATABASE = "database",
    /// The drawing `download`.
    DOWNLOAD = "download",
    /// The drawing `ellipsis`.
    ELLIPSIS = "ellipsis",
    /// The drawing `external-link`.
    EXTERNAL_LINK = "external-link",
    /// The drawing `eye`.
    EYE = "eye",
    /// The drawing `file`.
    FILE = "file",
    /// The drawing `file-spreadsheet`.
    FILE_SPREADSHEET = "file-spreadsheet",
    /// The drawing `file-text`.
    FILE_TEXT = "file-text",
    /// The drawing `filter`.
    FILTER = "filter",
    /// The drawing `folder`.
    FOLDER = "folder",
    /// The drawing `folder-open`.
    FOLDER_OPEN = "folder-open",
    /// The drawing `globe`.
    GLOBE = "globe",
    /// The drawing `grid-2x2`.
    GRID_2X2 = "grid-2x2",
    /// The drawing `hard-drive`.
    HARD_DRIVE = "hard-drive",
    /// The drawing `history`.
    HISTORY = "history",
    /// The drawing `info`.
    INFO = "info",
    /// The drawing `key`.
    KEY = "key",
    /// The drawing `keyboard`.
    KEYBOARD = "keyboard",
    /// The drawing `languages`.
    LANGUAGES = "languages",
    /// The drawing `layers`.
    LAYERS = "layers",
    /// The drawing `link`.
    LINK = "link",
    /// The drawing `list`.
    LIST = "list",
    /// The drawing `minus`.
    MINUS = "minus",
    /// The drawing `monitor`.
    MONITOR = "monitor",
    /// The drawing `moon`.
    MOON = "moon",
    /// The drawing `pencil`.
    PENCIL = "pencil",
    /// The drawing `play`.
    PLAY = "play",
    /// The drawing `plus`.
    PLUS = "plus",
    /// The drawing `refresh-cw`.
    REFRESH_CW = "refresh-cw",
    /// The drawing `scale`.
    SCALE = "scale",
    /// The drawing `search`.
    SEARCH = "search",
    /// The drawing `server`.
    SERVER = "server",
    /// The drawing `settings`.
    SETTINGS = "settings",
    /// The drawing `sparkles`.
    SPARKLES = "sparkles",
    /// The drawing `square`.
    SQUARE = "square",
    /// The drawing `sun`.
    SUN = "sun",
    /// The drawing `table`.
    TABLE = "table",
    /// The drawing `table-2`.
    TABLE_2 = "table-2",
    /// The drawing `trash-2`.
    TRASH_2 = "trash-2",
    /// The drawing `triangle-alert`.
    TRIANGLE_ALERT = "triangle-alert",
    /// The drawing `undo-2`.
    UNDO_2 = "undo-2",
    /// The drawing `upload`.
    UPLOAD = "upload",
    /// The drawing `waves`.
    WAVES = "waves",
    /// The drawing `x`.
    X = "x",
    /// The drawing `zoom-in`.
    ZOOM_IN = "zoom-in",
}

impl Icon {
    /// The icon as an image of 16 points in the colour of the region's text.
    pub fn image(self, ui: &Ui) -> Image<'static> {
        self.tinted(ui.visuals().text_color())
    }

    /// The icon as an image of 16 points in this colour.
    pub fn tinted(self, colour: egui::Color32) -> Image<'static> {
        Image::new(ImageSource::Bytes { uri: self.uri.into(), bytes: self.bytes.into() }).fit_to_exact_size(Vec2::splat(16.0)).tint(colour)
    }
}
