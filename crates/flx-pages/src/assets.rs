//! The files that the pages name. A file's name changes with its content, so it can be kept for ever.

use std::sync::LazyLock;

/// Letters of a name that stand for the content.
const DIGITS: usize = 12;

/// A file.
#[derive(Debug)]
pub struct Asset {
    /// Its name: `style.0123456789ab.css`.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("style", "css", "text/css; charset=utf-8", include_bytes!("../assets/style.css"))
});
static APP: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js"))
});
static COMPRESS: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../assets/compress.js");
    Asset::new("compress", "js", "text/javascript; charset=utf-8", bytes)
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg"))
});

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        let digest = hex::encode(blake3::hash(bytes).as_bytes());
        let digits = digest.get(..DIGITS).unwrap_or(&digest);
        Self { name: format!("{stem}.{digits}.{extension}"), media_type, bytes }
    }

    /// Its path.
    fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The file with this name.
///
/// ```
/// assert!(flx_pages::assets::find("style.css").is_none(), "only under its whole name");
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static Asset> {
    all().into_iter().find(|asset| asset.name == name)
}

/// All files.
#[must_use]
pub fn all() -> [&'static Asset; 4] {
    [&STYLE, &APP, &COMPRESS, &ICON]
}

pub(crate) fn style() -> String {
    STYLE.path()
}

pub(crate) fn app() -> String {
    APP.path()
}

pub(crate) fn compress() -> String {
    COMPRESS.path()
}

pub(crate) fn icon() -> String {
    ICON.path()
}
