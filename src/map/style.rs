//! The style that MapLibre draws: sea, land, coasts and borders. It asks for no glyphs, sprites or other origin;
//! names are drawn by `labels`.

use crate::map::tokens::Theme;

/// Which levels of the base map are drawn. The coarse one is small and comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The coarse level everywhere, until the fine one has come.
    Arriving,
    /// The coarse level for the world, the fine one for countries.
    Full,
}

/// From this zoom on the fine level is drawn.
const FINE_FROM: u32 = 3;

/// The style document as JSON. `base` is the absolute URL of the folder of the base map, ending in a slash.
pub fn style(theme: Theme, base: &str, detail: Detail) -> String {
    let palette = theme.palette();
    let (land, sea, coast) = (palette.land.css(), palette.sea.css(), palette.coast.css());
    let coarse_until = match detail {
        Detail::Arriving => 24,
        Detail::Full => FINE_FROM,
    };
    let coarse = layers(
        "land-110m",
        &land,
        &coast,
        &format!(r#""maxzoom":{coarse_until}"#),
    );
    let fine = layers(
        "land-50m",
        &land,
        &coast,
        &format!(r#""minzoom":{FINE_FROM}"#),
    );
    let (near, far) = (source(base, "land-50m", 10), source(base, "land-110m", 5));
    format!(
        r#"{{"version":8,"transition":{{"duration":0,"delay":0}},"sources":{{{far},{near}}},"layers":[{{"id":"sea","type":"background","paint":{{"background-color":"{sea}"}}}},{coarse},{fine}]}}"#
    )
}

fn source(base: &str, name: &str, max_zoom: u32) -> String {
    format!(
        r#""{name}":{{"type":"geojson","data":"{base}{name}.json","maxzoom":{max_zoom},"buffer":32}}"#
    )
}

/// Without antialiasing the two sides of a cut polygon meet with no seam; the coast line covers the steps.
fn layers(source: &str, land: &str, coast: &str, zooms: &str) -> String {
    let line = |kind: &str, width: &str| {
        format!(
            r#"{{"id":"{source}-{kind}","type":"line","source":"{source}",{zooms},"filter":["==",["get","line"],"{kind}"],"layout":{{"line-join":"round"}},"paint":{{"line-color":"{coast}","line-width":{width}}}}}"#
        )
    };
    let fill = format!(
        r#"{{"id":"{source}","type":"fill","source":"{source}",{zooms},"filter":["==",["geometry-type"],"Polygon"],"paint":{{"fill-color":"{land}","fill-antialias":false}}}}"#
    );
    format!("{fill},{},{}", line("border", "0.8"), line("coast", "1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn parsed(theme: Theme, detail: Detail) -> Value {
        serde_json::from_str(&style(theme, "http://127.0.0.1/generated/", detail)).unwrap()
    }

    #[test]
    fn the_style_is_json_that_names_only_its_own_origin() {
        let style = parsed(Theme::Light, Detail::Full);
        assert_eq!(style["version"], 8);
        assert_eq!(
            style["sources"]["land-50m"]["data"],
            "http://127.0.0.1/generated/land-50m.json"
        );
        assert!(style.get("glyphs").is_none() && style.get("sprite").is_none());
    }

    #[test]
    fn every_layer_has_a_source_or_is_the_sea() {
        let style = parsed(Theme::Dark, Detail::Arriving);
        for layer in style["layers"].as_array().unwrap() {
            let source = &layer["source"];
            let known = source
                .as_str()
                .is_some_and(|name| style["sources"].get(name).is_some());
            assert!(known || layer["type"] == "background", "{layer}");
        }
    }

    #[test]
    fn the_coarse_level_steps_back_once_the_fine_one_is_there() {
        let zoom = |detail| parsed(Theme::Light, detail)["layers"][1]["maxzoom"].clone();
        assert_eq!(zoom(Detail::Arriving), 24);
        assert_eq!(zoom(Detail::Full), 3);
    }
}
