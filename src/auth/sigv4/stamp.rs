//! The time of signing as text: `20150830T123600Z`.

use crate::time::{UnixMillis, date_of_day, days_since_1970};

const DAY: i64 = 24 * 60 * 60;

/// Times before the year 0 and after 9999 have no stamp that anybody reads.
pub fn stamp(time: UnixMillis) -> String {
    let seconds = time.seconds();
    let (year, month, day) = date_of_day(seconds.div_euclid(DAY));
    let (clock, second) = (seconds.rem_euclid(DAY) / 60, seconds.rem_euclid(60));
    let (hour, minute) = (clock / 60, clock % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// None for what no calendar and no clock has.
pub fn read_stamp(text: &str) -> Option<UnixMillis> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0, |number, byte| {
            let digit = char::from(*byte).to_digit(10)?;
            Some(10 * number + i64::from(digit))
        })
    };
    let days = days_since_1970(number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let seconds = (number(9, 11)? * 60 + number(11, 13)?) * 60 + number(13, 15)?;
    let time = UnixMillis::from_seconds(days * DAY + seconds);
    // A thirtieth of February comes back as another day.
    (stamp(time) == text).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_goes_to_its_stamp_and_back() {
        let time = UnixMillis(1_440_938_160_000);
        assert_eq!(stamp(time), "20150830T123600Z");
        assert_eq!(read_stamp("20150830T123600Z"), Some(time));
        assert_eq!(stamp(UnixMillis(time.0 + 999)), "20150830T123600Z");
        for wrong in [
            "",
            "20150830T123600",
            "20150830 123600Z",
            "20150830T123600Z ",
            "20150230T123600Z",
            "20151330T123600Z",
            "20150830T246000Z",
            "2015é830T123600Z",
            "+0150830T123600Z",
        ] {
            assert_eq!(read_stamp(wrong), None, "{wrong}");
        }
    }
}
