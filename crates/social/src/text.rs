//! Texts as the networks see them: how long they are, what in them is a link, a hashtag, a mention, and how a long one becomes
//! a thread.

mod count;
mod diff;
mod entity;
mod thread;

pub use count::{Counting, Length, length, weigh};
pub use diff::{Change, Stretch, diff};
pub use entity::{Entity, EntityKind, entities, hashtags, mentions, urls};
pub use thread::{Unsplittable, split};
