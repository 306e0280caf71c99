//! The words of the page of changes and of changing many devices at once.

use super::Phrase;

pub const NEED_ATTENTION: Phrase = Phrase::new("{} need attention", "対応が必要: {} 件");
