//! Numbers, ages and times in the words of a language.
