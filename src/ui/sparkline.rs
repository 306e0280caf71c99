//! A row of numbers as a line, scaled to its highest value.

/// The `d` of a path through `values`, oldest left, in a box of `width` by `height`. The newest ends at the right edge.
pub(super) fn line(values: &[u32], slots: usize, width: u32, height: u32) -> String {
    let top = values.iter().copied().max().unwrap_or(0).max(1);
    let steps = slots.saturating_sub(1).max(1) as u32;
    let empty = slots.saturating_sub(values.len()) as u32;
    let mut path = String::with_capacity(values.len() * 8);
    for (index, value) in values.iter().enumerate() {
        let x = (empty + index as u32) * width / steps;
        let y = height - (u64::from(*value) * u64::from(height) / u64::from(top)) as u32;
        path.push(if index == 0 { 'M' } else { 'L' });
        path.push_str(&x.to_string());
        path.push(' ');
        path.push_str(&y.to_string());
    }
    path
}
