//! Places as latitude and longitude.

/// Great-circle distance in kilometres of two points in degrees (haversine, mean earth radius 6371.0088 km).
pub fn km((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let (p, q) = (lat_a.to_radians(), lat_b.to_radians());
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(q - p) + p.cos() * q.cos() * half((lon_b - lon_a).to_radians());
    2.0 * 6371.0088 * h.sqrt().min(1.0).asin()
}

/// Reads "lat lon" in degrees; `None` where it is no place on earth.
pub fn parse(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = text.split_once([' ', ','])?;
    let (lat, lon) = (lat.trim().parse::<f64>().ok()?, lon.trim().parse::<f64>().ok()?);
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lat, lon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_distance() {
        // Jaipur to Jodhpur by the coordinates of their railway stations: about 285 km in a straight line.
        let d = km((26.9196, 75.7878), (26.2837, 73.0223));
        assert!((280.0..290.0).contains(&d), "{d}");
        assert!(km((0.0, 0.0), (0.0, 180.0)) > 20_000.0);
        assert_eq!((parse("91 0"), parse("x"), parse("1,2")), (None, None, Some((1.0, 2.0))));
    }
}
