//! The summary and the plot, from what the other parts wrote.

use std::{collections::BTreeMap, fs};

use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use serde_json::{Value, json};
use slashproof::problem::Problem;

use crate::{folder, measure::median};

/// The file that the comparison with forge writes.
const THROUGHPUT: &str = "throughput.csv";

/// Keys of the summary that a part of the engine's benchmark measures, with the part.
const ENGINE: &[(&str, &str)] = &[
    ("floor_share", "floor"),
    ("workers_2_ratio", "workers"),
    ("workers_2_ceiling", "workers"),
    ("shrink_seconds", "shrink"),
    ("memory_growth", "memory"),
];

/// Keys of the summary that say by how much forge is slower, with its mode. Its best mode looks at every tenth call.
const FORGE: &[(&str, &str)] =
    &[("forge_default_ratio", "forge"), ("forge_guided_ratio", "forge-guided"), ("forge_best_ratio", "forge-interval")];

/// Writes `summary.json` and `throughput.svg`.
pub fn write() -> Result<(), Problem> {
    let rates = rates()?;
    let mut summary: BTreeMap<&str, Value> = BTreeMap::new();
    for (key, mode) in FORGE {
        let ratio = rate_of(&rates, "slashproof").zip(rate_of(&rates, mode)).map(|(ours, theirs)| ours / theirs);
        summary.insert(key, json!(ratio));
    }
    for (key, part) in ENGINE {
        summary.insert(key, read(&format!("engine-{part}.json"))[*key].clone());
    }
    summary.insert("guided_calls_to_kill_ratio", json!(guided_ratio()));
    let text = serde_json::to_string_pretty(&summary).expect("numbers are written");
    println!("{text}");
    let path = folder().join("summary.json");
    fs::write(&path, text + "\n").map_err(|error| Problem::new(error.to_string()).at(path.display()))?;
    let bars = bars(&rates);
    plot(&bars).map_err(|error| Problem::new(format!("the plot is not drawn: {error}")))
}

/// By mode, in the order measured: the median of its rates, in calls per CPU second.
fn rates() -> Result<Vec<(String, f64)>, Problem> {
    let path = folder().join(THROUGHPUT);
    let text = fs::read_to_string(&path)
        .map_err(|error| Problem::new(error.to_string()).at(path.display()).hint("benches/throughput.sh writes it"))?;
    let mut modes: Vec<(String, Vec<f64>)> = Vec::new();
    for line in text.lines().skip(1) {
        let mut fields = line.split(',').skip(1);
        let (Some(mode), Some(Ok(rate))) = (fields.next(), fields.nth(2).map(str::parse)) else { continue };
        match modes.iter_mut().find(|(known, _)| known == mode) {
            Some((_, rates)) => rates.push(rate),
            None => modes.push((mode.to_owned(), vec![rate])),
        }
    }
    Ok(modes.into_iter().map(|(mode, rates)| (mode, median(&rates))).collect())
}

fn rate_of(rates: &[(String, f64)], mode: &str) -> Option<f64> {
    rates.iter().find(|(known, _)| known == mode).map(|(_, rate)| *rate)
}

/// A file of figures; nothing if it was not measured.
fn read(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// The median calls to the kill with guidance, by that without; of the mutants that both killed at every seed.
fn guided_ratio() -> Option<f64> {
    let calls = |name: &str| -> BTreeMap<String, f64> {
        let rows = read(name)["rows"].as_array().cloned().unwrap_or_default();
        let row = |row: &Value| Some((row["mutant"].as_str()?.to_owned(), row["median_calls"].as_f64()?));
        rows.iter().filter_map(row).collect()
    };
    let (guided, blind) = (calls("mutants-all.json"), calls("mutants-off.json"));
    let both: Vec<&String> = guided.keys().filter(|mutant| blind.contains_key(*mutant)).collect();
    let middle = |calls: &BTreeMap<String, f64>| median(&both.iter().map(|mutant| calls[*mutant]).collect::<Vec<_>>());
    (!both.is_empty()).then(|| middle(&guided) / middle(&blind))
}

/// What is drawn: who, and how many calls per CPU second.
fn bars(rates: &[(String, f64)]) -> Vec<(String, f64)> {
    let floor = read("engine-floor.json");
    let of_floor = floor.as_object().into_iter().flatten().filter_map(|(key, rate)| {
        let mode = key.strip_prefix("calls per CPU second, ")?;
        Some((mode.to_owned(), rate.as_f64()?))
    });
    let mut bars: Vec<(String, f64)> = rates.iter().cloned().chain(of_floor).collect();
    bars.sort_by(|one, other| other.1.total_cmp(&one.1));
    bars
}

/// Draws bars on a logarithmic scale.
fn plot(bars: &[(String, f64)]) -> Result<(), Box<dyn std::error::Error>> {
    const ROW: i32 = 34;
    const LEFT: i32 = 210;
    const WIDTH: i32 = 860;
    let path = folder().join("throughput.svg");
    let rows = i32::try_from(bars.len())?;
    let size = (u32::try_from(WIDTH)?, u32::try_from(ROW * (rows + 2))?);
    let area = SVGBackend::new(&path, size).into_drawing_area();
    area.fill(&WHITE)?;
    let font = |size: i32| ("sans-serif", size).into_font().color(&BLACK);
    let most = bars.iter().map(|(_, rate)| rate.log10()).fold(1.0, f64::max);
    area.draw(&Text::new("calls per CPU second, logarithmic", (LEFT, ROW / 3), font(16)))?;
    for (row, (mode, rate)) in (1..).zip(bars) {
        let (top, bottom) = (ROW * row + 5, ROW * (row + 1) - 5);
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        let length = (rate.log10() / most * f64::from(WIDTH - LEFT - 90)) as i32;
        let color = if mode.starts_with("forge") { RGBColor(150, 150, 150) } else { RGBColor(40, 90, 160) };
        area.draw(&Rectangle::new([(LEFT, top), (LEFT + length, bottom)], color.filled()))?;
        let right = font(14).pos(Pos::new(HPos::Right, VPos::Center));
        area.draw(&Text::new(mode.clone(), (LEFT - 8, i32::midpoint(top, bottom)), right))?;
        let left = font(14).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(format!("{rate:.0}"), (LEFT + length + 6, i32::midpoint(top, bottom)), left))?;
    }
    area.present()?;
    println!("{}", path.display());
    Ok(())
}
