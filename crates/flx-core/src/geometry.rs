//! Which part of a picture is taken, how large it becomes and where it stands in the result.

use image::DynamicImage;
use image::metadata::Orientation;

use crate::interest;
use crate::resize::TargetSize;
use crate::watermark::Position;
use crate::{Fit, Gravity, Options};

/// The way from source to result: a rectangle is cut out, scaled, and set on a canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Geometry {
    /// Size of the source.
    pub(crate) source: TargetSize,
    /// The part of the source that is shown.
    pub(crate) part: Part,
    /// What that part is scaled to.
    pub(crate) scaled: TargetSize,
    /// Size of the result; larger than `scaled` where there is background around it.
    pub(crate) canvas: TargetSize,
    /// Where the scaled part stands on the canvas, in pixels from the left and from the top.
    pub(crate) offset: (u32, u32),
}

/// A rectangle in pixels of a picture; between pixels where the proportion asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Geometry {
    /// For an upright picture. Where the part depends on what the picture shows, it is the middle
    /// until [`aimed`](Self::aimed).
    pub(crate) fn plan(source: TargetSize, options: &Options) -> Self {
        let (max_width, max_height) = (options.max_width(), options.max_height());
        let inside = || {
            if options.enlarge() {
                source.fill(max_width, max_height)
            } else {
                source.fit(max_width, max_height)
            }
        };
        let whole = Part::whole(source);
        let (Some(width), Some(height)) = (max_width, max_height) else {
            return Self::plain(source, whole, inside());
        };
        let frame = TargetSize { width: width.get(), height: height.get() };
        let anchor = anchor_of(options.gravity());
        match options.fit() {
            Fit::Inside => Self::plain(source, whole, inside()),
            Fit::Fill if options.enlarge() => Self::plain(source, whole, frame),
            Fit::Fill => Self::plain(source, whole, frame.at_most(source)),
            Fit::Cover => {
                let scaled = if options.enlarge() { frame } else { frame.within(source) };
                let (width, height) = covering(source, scaled);
                let part = Part::anchored(source, width, height, anchor).on_pixels(scaled);
                Self::plain(source, part, scaled)
            }
            Fit::Contain => {
                let scaled = inside();
                let place = |room: u32, used: u32, share: f64| {
                    (f64::from(room.saturating_sub(used)) * share).round() as u32
                };
                let left = place(frame.width, scaled.width, anchor.0);
                let top = place(frame.height, scaled.height, anchor.1);
                Self { source, part: whole, scaled, canvas: frame, offset: (left, top) }
            }
        }
    }

    fn plain(source: TargetSize, part: Part, scaled: TargetSize) -> Self {
        Self { source, part, scaled, canvas: scaled, offset: (0, 0) }
    }

    /// Whether the result is the source as it is.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.part == Part::whole(self.source)
            && self.scaled == self.source
            && self.canvas == self.source
    }

    /// How many source pixels go into one of the result, in the direction where they are fewer;
    /// below 1 where the picture is enlarged.
    pub(crate) fn reduction(&self) -> f64 {
        let across = self.part.width / f64::from(self.scaled.width.max(1));
        let down = self.part.height / f64::from(self.scaled.height.max(1));
        across.min(down)
    }

    /// The same for the picture as it is stored, before it is turned upright.
    pub(crate) fn unturned(self, orientation: Orientation) -> Self {
        let (transposed, mirrored, flipped) = steps_back(orientation);
        let Self { source, part, scaled, canvas, offset: (left, top) } = self;
        let mut offset = (left, top);
        let mut part = part;
        if mirrored {
            offset.0 = canvas.width - scaled.width - left;
            part.left = f64::from(source.width) - part.width - part.left;
        }
        if flipped {
            offset.1 = canvas.height - scaled.height - top;
            part.top = f64::from(source.height) - part.height - part.top;
        }
        if !transposed {
            return Self { source, part, scaled, canvas, offset };
        }
        Self {
            source: source.transposed(),
            part: part.transposed(),
            scaled: scaled.transposed(),
            canvas: canvas.transposed(),
            offset: (offset.1, offset.0),
        }
    }

    /// With the part moved to where this very picture has most to show, if that was asked for.
    pub(crate) fn aimed(mut self, image: &DynamicImage, gravity: Gravity) -> Self {
        if self.part == Part::whole(self.source) {
            return self;
        }
        if let Some(anchor) = interest::anchor(image, &self, gravity) {
            let Part { width, height, .. } = self.part;
            self.part = Part::anchored(self.source, width, height, anchor).on_pixels(self.scaled);
        }
        self
    }

    /// The part in a picture (or a plane of it) that has been decoded at another size.
    pub(crate) fn part_of(&self, width: u32, height: u32) -> Part {
        if (width, height) == (self.source.width, self.source.height) {
            return self.part;
        }
        let across = f64::from(width) / f64::from(self.source.width.max(1));
        let down = f64::from(height) / f64::from(self.source.height.max(1));
        let Part { left, top, .. } = self.part;
        let (left, top) = (left * across, top * down);
        Part {
            left,
            top,
            width: (self.part.width * across).min(f64::from(width) - left),
            height: (self.part.height * down).min(f64::from(height) - top),
        }
    }
}

impl Part {
    /// All of a picture.
    pub(crate) fn whole(size: TargetSize) -> Self {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        Self { left: 0.0, top: 0.0, width, height }
    }

    fn anchored(source: TargetSize, width: f64, height: f64, (x, y): (f64, f64)) -> Self {
        let left = (f64::from(source.width) - width).max(0.0) * x;
        let top = (f64::from(source.height) - height).max(0.0) * y;
        Self { left, top, width, height }
    }

    /// Where nothing is scaled, a part that starts between pixels would blur the picture.
    fn on_pixels(self, scaled: TargetSize) -> Self {
        let same = self.width == f64::from(scaled.width) && self.height == f64::from(scaled.height);
        if !same {
            return self;
        }
        Self { left: self.left.round(), top: self.top.round(), ..self }
    }

    fn transposed(self) -> Self {
        Self { left: self.top, top: self.left, width: self.height, height: self.width }
    }
}

/// The largest width and height of a source that have the result's proportion. The side that binds
/// is met exactly.
fn covering(source: TargetSize, scaled: TargetSize) -> (f64, f64) {
    let (width, height) = (f64::from(source.width), f64::from(source.height));
    let proportion = f64::from(scaled.width) / f64::from(scaled.height.max(1));
    if scaled.width == source.width && scaled.height <= source.height
        || scaled.height == source.height && scaled.width <= source.width
    {
        // Nothing is scaled, only cut.
        return (f64::from(scaled.width), f64::from(scaled.height));
    }
    if proportion * height >= width {
        (width, (width / proportion).min(height))
    } else {
        (height * proportion, height)
    }
}

fn anchor_of(gravity: Gravity) -> (f64, f64) {
    match gravity {
        Gravity::Point(position) => position.anchor(),
        Gravity::Entropy | Gravity::Attention => Position::Centre.anchor(),
    }
}

/// An orientation undone: mirror left and right, flip top and bottom, then swap both axes.
fn steps_back(orientation: Orientation) -> (bool, bool, bool) {
    match orientation {
        Orientation::NoTransforms => (false, false, false),
        Orientation::FlipHorizontal => (false, true, false),
        Orientation::FlipVertical => (false, false, true),
        Orientation::Rotate180 => (false, true, true),
        Orientation::Rotate90FlipH => (true, false, false),
        Orientation::Rotate90 => (true, true, false),
        Orientation::Rotate270 => (true, false, true),
        Orientation::Rotate270FlipH => (true, true, true),
    }
}
