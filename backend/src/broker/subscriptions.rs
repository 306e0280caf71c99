//! Who subscribed to what: a tree with one node for each level of the filters. Knows no sessions, only their keys.

use std::collections::HashMap;
use std::str::Split;

use gnomon::message::QoS;
use gnomon::topic::TopicFilter;

/// Filters and their subscribers. A subscriber is in it once for each filter.
#[derive(Debug)]
pub(crate) struct Subscriptions<K> {
    root: Node<K>,
}

#[derive(Debug)]
struct Node<K> {
    /// Subscribers of filters that end here.
    here: Vec<(K, QoS)>,
    /// Subscribers of filters that go on with `#`.
    below: Vec<(K, QoS)>,
    /// Filters that go on with `+`.
    any: Option<Box<Self>>,
    children: HashMap<Box<str>, Self>,
}

impl<K: Copy + Eq> Subscriptions<K> {
    pub(crate) fn new() -> Self {
        Self { root: Node::new() }
    }

    /// Adds a subscriber, or changes the QoS that it has.
    pub(crate) fn insert(&mut self, filter: &TopicFilter, key: K, qos: QoS) {
        let mut node = &mut self.root;
        for level in filter.as_str().split('/') {
            node = match level {
                "#" => return put(&mut node.below, key, qos),
                "+" => node.any.get_or_insert_with(|| Box::new(Node::new())),
                _ => {
                    if !node.children.contains_key(level) {
                        node.children.insert(level.into(), Node::new());
                    }
                    let Some(child) = node.children.get_mut(level) else {
                        return;
                    };
                    child
                }
            };
        }
        put(&mut node.here, key, qos);
    }

    pub(crate) fn remove(&mut self, filter: &TopicFilter, key: K) {
        self.root.remove(filter.as_str().split('/'), key);
    }

    /// Whether a filter may match topics that begin with these two levels, the first of which is no wildcard's to
    /// match.
    pub(crate) fn reach_below(&self, first: &str, second: &str) -> bool {
        self.root.children.get(first).is_some_and(|node| {
            !node.below.is_empty() || node.any.is_some() || node.children.contains_key(second)
        })
    }

    /// Puts every subscriber that a message on `topic` reaches into `found`, once, with its highest QoS.
    pub(crate) fn find(&self, topic: &str, found: &mut Vec<(K, QoS)>)
    where
        K: Ord,
    {
        found.clear();
        // A leading wildcard does not reach topics that begin with '$' [MQTT-4.7.2-1].
        let wild = !topic.starts_with('$');
        let sources = self.root.find(topic.split('/'), wild, found);
        if sources > 1 {
            found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
            found.dedup_by_key(|(key, _)| *key);
        }
    }
}

impl<K: Copy + Eq> Node<K> {
    fn new() -> Self {
        Self {
            here: Vec::new(),
            below: Vec::new(),
            any: None,
            children: HashMap::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.here.is_empty()
            && self.below.is_empty()
            && self.any.is_none()
            && self.children.is_empty()
    }

    /// The depth of the recursion is that of the tree, which the limit on filter levels bounds.
    fn remove(&mut self, mut levels: Split<'_, char>, key: K) {
        match levels.next() {
            None => cut(&mut self.here, key),
            Some("#") => cut(&mut self.below, key),
            Some("+") => {
                if let Some(node) = &mut self.any {
                    node.remove(levels, key);
                    if node.is_empty() {
                        self.any = None;
                    }
                }
            }
            Some(level) => {
                if let Some(node) = self.children.get_mut(level) {
                    node.remove(levels, key);
                    if node.is_empty() {
                        self.children.remove(level);
                    }
                }
            }
        }
    }

    /// Returns how many lists of subscribers were joined: with one there is nothing to make unique.
    fn find(&self, mut levels: Split<'_, char>, wild: bool, found: &mut Vec<(K, QoS)>) -> usize {
        let mut sources = 0;
        if wild {
            sources += append(found, &self.below);
        }
        let Some(level) = levels.next() else {
            return sources + append(found, &self.here);
        };
        if let Some(node) = self.children.get(level) {
            sources += node.find(levels.clone(), true, found);
        }
        if wild && let Some(node) = &self.any {
            sources += node.find(levels, true, found);
        }
        sources
    }
}

fn put<K: Eq>(list: &mut Vec<(K, QoS)>, key: K, qos: QoS) {
    match list.iter_mut().find(|(other, _)| *other == key) {
        Some(entry) => entry.1 = qos,
        None => list.push((key, qos)),
    }
}

fn cut<K: Eq>(list: &mut Vec<(K, QoS)>, key: K) {
    if let Some(index) = list.iter().position(|(other, _)| *other == key) {
        list.swap_remove(index);
    }
}

fn append<K: Copy>(found: &mut Vec<(K, QoS)>, list: &[(K, QoS)]) -> usize {
    found.extend_from_slice(list);
    usize::from(!list.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::new(text).unwrap()
    }

    fn found(subscriptions: &Subscriptions<u32>, topic: &str) -> Vec<(u32, QoS)> {
        let mut found = Vec::new();
        subscriptions.find(topic, &mut found);
        found.sort();
        found
    }

    #[test]
    fn a_subscriber_of_overlapping_filters_is_found_once_with_its_highest_qos() {
        let mut subscriptions = Subscriptions::new();
        subscriptions.insert(&filter("a/#"), 1, QoS::AtMostOnce);
        subscriptions.insert(&filter("a/+"), 1, QoS::AtLeastOnce);
        subscriptions.insert(&filter("a/b"), 1, QoS::AtMostOnce);
        assert_eq!(found(&subscriptions, "a/b"), [(1, QoS::AtLeastOnce)]);
    }

    #[test]
    fn leading_wildcards_do_not_reach_reserved_topics() {
        let mut subscriptions = Subscriptions::new();
        subscriptions.insert(&filter("#"), 1, QoS::AtMostOnce);
        subscriptions.insert(&filter("+/things"), 2, QoS::AtMostOnce);
        subscriptions.insert(&filter("$aws/#"), 3, QoS::AtMostOnce);
        subscriptions.insert(&filter("$aws/+"), 4, QoS::AtMostOnce);
        let keys: Vec<_> = found(&subscriptions, "$aws/things")
            .iter()
            .map(|(key, _)| *key)
            .collect();
        assert_eq!(keys, [3, 4]);
    }

    #[test]
    fn nothing_stays_when_all_have_left() {
        let mut subscriptions = Subscriptions::new();
        for text in ["a/b/c", "a/+/c", "a/#", "#", "+"] {
            subscriptions.insert(&filter(text), 1, QoS::AtMostOnce);
        }
        for text in ["a/b/c", "a/+/c", "a/#", "#", "+", "never/there"] {
            subscriptions.remove(&filter(text), 1);
        }
        assert!(subscriptions.root.is_empty());
    }

    fn level() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["a", "b", "", "é", "$aws", "京都"])
    }

    fn topic() -> impl Strategy<Value = String> {
        prop::collection::vec(level(), 1..5)
            .prop_map(|levels| levels.join("/"))
            .prop_filter("a topic is not empty", |topic| !topic.is_empty())
    }

    fn any_filter() -> impl Strategy<Value = TopicFilter> {
        let level = prop_oneof![4 => level(), 2 => Just("+")];
        (prop::collection::vec(level, 1..5), any::<bool>())
            .prop_map(|(mut levels, hash)| {
                if hash {
                    levels.push("#");
                }
                levels.join("/")
            })
            .prop_filter_map("a filter is not empty", |text| TopicFilter::new(&text).ok())
    }

    proptest! {
        #[test]
        fn finds_what_matching_one_filter_after_another_finds(
            filters in prop::collection::vec((any_filter(), 0u32..4), 0..20),
            removed in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
            topic in topic(),
        ) {
            let mut subscriptions = Subscriptions::new();
            let mut kept = filters.clone();
            for (filter, key) in &filters {
                subscriptions.insert(filter, *key, QoS::AtMostOnce);
            }
            for index in removed.iter().filter(|_| !filters.is_empty()) {
                let gone = &filters[index.index(filters.len())];
                subscriptions.remove(&gone.0, gone.1);
                kept.retain(|other| other != gone);
            }
            let mut expected: Vec<_> = kept
                .iter()
                .filter(|(filter, _)| filter.matches(&topic))
                .map(|(_, key)| (*key, QoS::AtMostOnce))
                .collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(found(&subscriptions, &topic), expected);
        }
    }
}
