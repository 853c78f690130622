//! Pictures made in code: the same ones on every machine.

mod card;
mod encode;
mod hostile;
mod jpeg;
mod photo;
mod press;
mod profile;

pub use card::{card, card_stored_as, corners};
pub use encode::{animation, bmp, gif, jpeg, png, tiff, webp};
pub use hostile::{Hostile, Laden, PAYLOAD, animation_bombs, hostile, laden};
pub use jpeg::{with_exif, with_gps, with_profile};
pub use photo::{gradient_with_alpha, photo, photo_16_bit};
pub use press::press;
pub use profile::display_p3;
