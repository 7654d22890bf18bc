//! Curves over the length of a campaign. Their text is text: it can be selected and searched.

use std::error::Error;

use maud::{Markup, PreEscaped, html};
use plotters::prelude::*;

/// Units of the drawing; the page scales it.
const SIZE: (u32, u32) = (520, 260);

const INK: RGBColor = RGBColor(0x1c, 0x24, 0x30);
const LINE: RGBColor = RGBColor(0x1f, 0x4e, 0x79);
const GRID: RGBColor = RGBColor(0xe3, 0xe7, 0xec);

/// A curve with its words.
pub(super) struct Curve<'a> {
    /// What it shows, for who cannot see it.
    pub title: &'a str,
    /// What is counted to the right.
    pub x: &'a str,
    /// What is counted upwards.
    pub y: &'a str,
    /// The points, from left to right.
    pub points: &'a [(f64, f64)],
}

impl Curve<'_> {
    /// Draws it. One with no extent is told in words.
    pub fn draw(&self) -> Markup {
        let drawn = (self.points.len() > 1).then(|| self.svg()).and_then(Result::ok);
        html! {
            figure class="plot" {
                figcaption { (self.title) }
                @match drawn {
                    Some(svg) => (PreEscaped(svg)),
                    None => p class="quiet" { "too short to draw" },
                }
            }
        }
    }

    fn svg(&self) -> Result<String, Box<dyn Error>> {
        let most = |of: fn(&(f64, f64)) -> f64| self.points.iter().map(of).fold(1.0, f64::max);
        let (right, top) = (most(|point| point.0), most(|point| point.1) * 1.05);
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            let mut chart = ChartBuilder::on(&area)
                .margin(10)
                .x_label_area_size(44)
                .y_label_area_size(64)
                .build_cartesian_2d(0.0..right, 0.0..top)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .bold_line_style(GRID)
                .light_line_style(TRANSPARENT)
                .axis_style(INK)
                .x_labels(5)
                .y_labels(5)
                .x_label_formatter(&|number| short(*number))
                .y_label_formatter(&|number| short(*number))
                .x_desc(self.x)
                .y_desc(self.y)
                .label_style(("sans-serif", 14, &INK))
                .draw()?;
            let curve = AreaSeries::new(self.points.iter().copied(), 0.0, LINE.mix(0.12));
            chart.draw_series(curve.border_style(LINE.stroke_width(2)))?;
            area.present()?;
        }
        let size = format!("width=\"{}\" height=\"{}\" ", SIZE.0, SIZE.1);
        Ok(svg.replacen(&size, "role=\"img\" ", 1))
    }
}

/// A number in a few letters.
fn short(number: f64) -> String {
    let (scaled, unit) = match number.abs() {
        1e9.. => (number / 1e9, "G"),
        1e6.. => (number / 1e6, "M"),
        1e3.. => (number / 1e3, "k"),
        _ => (number, ""),
    };
    let digits = format!("{scaled:.1}");
    format!("{}{unit}", digits.strip_suffix(".0").unwrap_or(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 950.0, 1_500.0, 2_000_000.0].map(short), ["0", "950", "1.5k", "2M"]);
    }

    #[test]
    fn a_curve_is_text_and_lines_and_scales() {
        let points = [(0.0, 0.0), (10.0, 5.0)];
        let drawn = Curve { title: "Edges", x: "calls", y: "edges", points: &points }.draw().into_string();
        assert!(drawn.contains("<svg role=\"img\" viewBox=\"0 0 520 260\""), "{drawn}");
        assert!(drawn.contains("<text") && drawn.contains("<figcaption>Edges</figcaption>"));
        let empty = Curve { title: "Edges", x: "calls", y: "edges", points: &points[..1] }.draw().into_string();
        assert!(empty.contains("too short to draw"));
    }
}
