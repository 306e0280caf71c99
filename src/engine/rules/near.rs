//! Which of the words that were seen may be the one that a person meant.

/// Words that are remembered as candidates for one place.
const MAX_WORDS: usize = 64;

/// A longer word is compared with none.
const MAX_CHARS: usize = 64;

/// Whether `word` could be meant by `wanted`: None, or how far they are apart, a difference of case being none.
fn distance(wanted: &str, word: &str) -> Option<usize> {
    // A character has four bytes at most.
    if wanted == word || wanted.len().max(word.len()) > 4 * MAX_CHARS {
        return None;
    }
    // What is numbered otherwise is another one: truck-1 is not truck-7.
    let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).collect::<String>();
    if digits(wanted) != digits(word) {
        return None;
    }
    let (wanted, word) = (wanted.to_lowercase(), word.to_lowercase());
    if wanted == word {
        return Some(0);
    }
    let (wanted, word): (Vec<char>, Vec<char>) = (wanted.chars().collect(), word.chars().collect());
    let most = match wanted.len().min(word.len()) {
        // Of words so short almost all are near.
        0..3 => return None,
        3..5 => 1,
        _ => 2,
    };
    if wanted.len().max(word.len()) > MAX_CHARS || wanted.len().abs_diff(word.len()) > most {
        return None;
    }
    let distance = edits(&wanted, &word);
    (distance <= most).then_some(distance)
}

/// Letters that are to be added, taken away or replaced.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (number, letter) in from.iter().enumerate() {
        let mut diagonal = number;
        row[0] = number + 1;
        for (place, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[to.len()]
}

/// Words near another one, and how often each was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Words(Vec<Word>);

#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    distance: usize,
    count: u32,
}

impl Words {
    /// Counts a word that was seen where `wanted` was looked for. `of` is what it is a part of, and is remembered.
    pub(super) fn see(&mut self, wanted: &str, word: &str, of: impl FnOnce() -> String) {
        let Some(distance) = distance(wanted, word) else {
            return;
        };
        let text = of();
        let has_room = self.0.len() < MAX_WORDS;
        match self.0.iter_mut().find(|known| known.text == text) {
            Some(known) => known.count = known.count.saturating_add(1),
            None if has_room => self.0.push(Word {
                text,
                distance,
                count: 1,
            }),
            None => {}
        }
    }

    /// One that differs in nothing but case, else the most frequent; and how often it was seen.
    pub(super) fn best(&self) -> Option<(&str, u32)> {
        let best = self.0.iter().max_by(|a, b| {
            let key = |word: &Word| (word.distance == 0, word.count);
            (key(a).cmp(&key(b))).then_with(|| b.text.cmp(&a.text))
        });
        best.map(|word| (&*word.text, word.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, seen: &[(&str, u32)], best: Option<&str>) {
        let mut words = Words::default();
        for (word, count) in seen {
            for _ in 0..*count {
                words.see(wanted, word, || (*word).to_owned());
            }
        }
        assert_eq!(words.best().map(|(word, _)| word), best, "{wanted}");
    }

    #[test]
    fn two_letters_apart_is_near() {
        check("speeed", &[("speed", 9), ("spede", 1)], Some("speed"));
        check(
            "latitud",
            &[("longitude", 9), ("latitude", 1)],
            Some("latitude"),
        );
        check("temprature", &[("temperature", 1)], Some("temperature"));
        check(
            "heading",
            &[("reading", 3), ("headings", 2)],
            Some("reading"),
        );
        check("speed", &[("power", 5)], None);
        check("locaton", &[("location", 2)], Some("location"));
    }

    #[test]
    fn another_case_is_nearest() {
        check("Speed", &[("speed", 1), ("spend", 50)], Some("speed"));
        check("LAT", &[("lat", 1)], Some("lat"));
        check("x", &[("X", 1)], Some("X"));
    }

    #[test]
    fn short_words_are_near_to_few() {
        check("lat", &[("lng", 5), ("lon", 5), ("alt", 9)], None);
        check("x", &[("y", 5)], None);
        check("temp", &[("tmp", 5)], Some("tmp"));
    }

    #[test]
    fn another_number_is_another_one() {
        check("truck-7", &[("truck-1", 9)], None);
        check("temp1", &[("temp2", 9), ("temp", 9)], None);
        check("topic_2", &[("topic_1", 9), ("topc_2", 1)], Some("topc_2"));
    }

    #[test]
    fn words_are_bounded() {
        let mut words = Words::default();
        for letters in ('a'..'m').flat_map(|a| ('a'..'m').map(move |b| [a, b])) {
            let word = String::from("sensor") + &String::from_iter(letters);
            words.see("sensorzz", &word, || word.clone());
        }
        assert_eq!(words.0.len(), MAX_WORDS);
        let long = "x".repeat(100_000);
        words.see(&long, &(long.clone() + "y"), || long.clone());
        assert!(words.0.iter().all(|word| word.text != long));
    }

    #[test]
    fn edits_are_counted() {
        let count = |a: &str, b: &str| {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            edits(&chars(a), &chars(b))
        };
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("速度", "速さ"), 1);
    }
}
