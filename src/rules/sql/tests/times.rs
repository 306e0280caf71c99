//! Times by their patterns.

use super::*;

#[test]
fn times_are_written_as_joda_does() {
    all(&[
        (
            "parse_time(\"yyyy.MM.dd G 'at' HH:mm:ss z\", 100000000, 'America/Belize')",
            "\"1970.01.01 AD at 21:46:40 CST\"",
        ),
        (
            "parse_time(\"yyyy.MM.dd G 'at' HH:mm:ss z\", 1497028786000)",
            "\"2017.06.09 AD at 17:19:46 UTC\"",
        ),
        ("parse_time('yyyy', timestamp(), 'UTC')", "\"2016\""),
        ("parse_time('yyyy-MM-dd', timestamp())", "\"2016-12-15\""),
        (
            "parse_time(\"yyyy-MM-dd'T'HH:mm:ss.SSSZZ\", timestamp(), 'Asia/Tokyo')",
            "\"2016-12-16T03:07:31.155+09:00\"",
        ),
        (
            "parse_time('HH:mm z', 1466000000000, 'Europe/Berlin')",
            "\"16:13 CEST\"",
        ),
        (
            "parse_time('HH:mm z', 1481825251155, 'Europe/Berlin')",
            "\"19:07 CET\"",
        ),
        ("parse_time('Z', 0, 'Asia/Kolkata')", "\"+0530\""),
        ("parse_time('ZZZ', 0, 'Asia/Kolkata')", "\"Asia/Kolkata\""),
        ("parse_time('HH:mm ZZ', 0, '-03:30')", "\"20:30 -03:30\""),
        (
            "parse_time('E EEEE MMM MMMM', 1481825251155)",
            "\"Thu Thursday Dec December\"",
        ),
        (
            "parse_time('d/M/yy h:mm a', 1481825251155)",
            "\"15/12/16 6:07 PM\"",
        ),
        ("parse_time('h K k H', 0)", "\"12 0 24 0\""),
        (
            "parse_time('D e w x C', 1483228800000)",
            "\"1 7 52 2016 20\"",
        ),
        (
            "parse_time('S SS SSS SSSSS', 1481825251155)",
            "\"1 15 155 15500\"",
        ),
        ("parse_time(\"h 'o''clock'\", 0)", "\"12 o'clock\""),
        ("parse_time('''''', 0)", "\"'\""),
        ("parse_time('yyyy-MM-dd', -1)", "\"1969-12-31\""),
        ("parse_time('yyyy', '0')", "\"1970\""),
        ("parse_time('yyyy', 0.9)", "\"1970\""),
        (
            "parse_time('zzzz', 0, 'America/New_York')",
            "\"Eastern Standard Time\"",
        ),
        ("parse_time('yyyy', 0, 'Mars/Olympus')", "undefined"),
        ("parse_time('yyyy', 'now')", "undefined"),
        ("parse_time('yyyy', n)", "undefined"),
        ("parse_time('b', 0)", "undefined"),
        ("parse_time(\"yyyy 'open\", 0)", "undefined"),
        ("parse_time('yyyy', 1E30)", "undefined"),
        ("parse_time('yyyy')", "undefined"),
    ]);
}

#[test]
fn times_are_read_as_java_does() {
    all(&[
        (
            "time_to_epoch(\"2020-04-03 09:45:18 UTC+01:00\", \"yyyy-MM-dd HH:mm:ss VV\")",
            "1585903518000",
        ),
        (
            "time_to_epoch(\"18 December 2015\", \"dd MMMM yyyy\")",
            "1450396800000",
        ),
        (
            "time_to_epoch(\"2007-12-03 10:15:30.592 America/Los_Angeles\", \"yyyy-MM-dd HH:mm:ss.SSS z\")",
            "1196705730592",
        ),
        ("time_to_epoch('2020-01-01', 'yyyy-MM-dd')", "1577836800000"),
        (
            "time_to_epoch('20200101123000', 'yyyyMMddHHmmss')",
            "1577881800000",
        ),
        (
            "time_to_epoch('1/2/2020 3:04 PM', 'd/M/yyyy h:mm a')",
            "1580569440000",
        ),
        (
            "time_to_epoch('2020-01-01T00:00:00Z', \"yyyy-MM-dd'T'HH:mm:ssX\")",
            "1577836800000",
        ),
        (
            "time_to_epoch('2020-01-01T00:00:00+0130', \"yyyy-MM-dd'T'HH:mm:ssZ\")",
            "1577831400000",
        ),
        (
            "time_to_epoch('2020-01-01T00:00:00-08:00', \"yyyy-MM-dd'T'HH:mm:ssXXX\")",
            "1577865600000",
        ),
        (
            "time_to_epoch('Wed, 01 Jan 2020 00:00:00 GMT', 'EEE, dd MMM yyyy HH:mm:ss z')",
            "1577836800000",
        ),
        ("time_to_epoch('2020-060', 'yyyy-DDD')", "1582934400000"),
        ("time_to_epoch('20-02-29', 'yy-MM-dd')", "1582934400000"),
        (
            "time_to_epoch('2020-02-29 12', 'yyyy-MM-dd[ HH]')",
            "1582977600000",
        ),
        (
            "time_to_epoch('2020-02-29', 'yyyy-MM-dd[ HH]')",
            "1582934400000",
        ),
        (
            "time_to_epoch('2020-07-01 00:00 PST', 'yyyy-MM-dd HH:mm z')",
            "1593586800000",
        ),
        ("time_to_epoch('2021-02-29', 'yyyy-MM-dd')", "undefined"),
        ("time_to_epoch('2020-13-01', 'yyyy-MM-dd')", "undefined"),
        ("time_to_epoch('2020-1-1', 'yyyy-MM-dd')", "undefined"),
        ("time_to_epoch('2020-01-01 x', 'yyyy-MM-dd')", "undefined"),
        ("time_to_epoch('12:00', 'HH:mm')", "undefined"),
        (
            "time_to_epoch('2020-01-01 25', 'yyyy-MM-dd HH')",
            "undefined",
        ),
        ("time_to_epoch('2020', 'b')", "undefined"),
        ("time_to_epoch(n, 'yyyy')", "undefined"),
        ("time_to_epoch(2020, 'yyyy')", "1577836800000"),
        (
            "parse_time('yyyy-MM-dd', time_to_epoch('18 December 2015', 'dd MMMM yyyy'))",
            "\"2015-12-18\"",
        ),
    ]);
}

#[test]
fn what_needs_the_zones_is_known_beforehand() {
    let needs =
        |expression: &str| parsed(&format!("SELECT {expression} AS x FROM 't'")).needs_zones();
    for expression in [
        "parse_time('yyyy', 0, 'Asia/Tokyo')",
        "parse_time('yyyy', 0, zone)",
        "time_to_epoch(t, 'yyyy z')",
        "time_to_epoch(t, pattern)",
        "(SELECT parse_time('yyyy', at, 'Asia/Tokyo') FROM list)",
    ] {
        assert!(needs(expression), "{expression}");
    }
    for expression in [
        "parse_time('yyyy z', 0)",
        "parse_time('yyyy', 0, 'UTC')",
        "parse_time('yyyy', 0, '+09:00')",
        "time_to_epoch(t, \"yyyy 'zzz' X\")",
    ] {
        assert!(!needs(expression), "{expression}");
    }
}
