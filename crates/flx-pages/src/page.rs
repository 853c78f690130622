//! What all pages can do.

use askama::Template;

/// A page that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("a page cannot be written")]
pub struct Error(#[from] askama::Error);

/// A page.
pub trait Page {
    /// The whole page as HTML; text from outside is escaped.
    ///
    /// # Errors
    /// [`Error`] when a template cannot be filled in, which is a mistake of this crate.
    fn html(&self) -> Result<String, Error>;
}

impl<T: Template> Page for T {
    fn html(&self) -> Result<String, Error> {
        Ok(self.render()?)
    }
}
