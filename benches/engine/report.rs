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

/// Of which parts of guidance the sample of mutants was played with.
const GUIDANCE: &[&str] = &["off", "coverage", "comparisons", "all"];

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
    let ablation: BTreeMap<&str, Guided> = GUIDANCE.iter().map(|mode| (*mode, guided(mode))).collect();
    let middle = |mode: &str| ablation[mode].median_calls;
    summary.insert("guided_calls_to_kill_ratio", json!(middle("all").zip(middle("off")).map(|(all, off)| all / off)));
    summary.insert("ablation", json!(ablation));
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

/// What came of the sample of mutants with some guidance.
#[derive(serde::Serialize)]
struct Guided {
    /// Campaigns: mutants by seeds.
    campaigns: usize,
    /// Those that caught theirs within its budget.
    caught: usize,
    /// Middle of the calls that it took; what was not caught took longer than anything else.
    median_calls: Option<f64>,
    /// What three of four campaigns did not exceed.
    upper_quartile_calls: Option<f64>,
}

fn guided(mode: &str) -> Guided {
    let rows = read(&format!("mutants-{mode}.json"))["rows"].as_array().cloned().unwrap_or_default();
    let campaigns = rows.iter().flat_map(|row| row["cells"].as_array().into_iter().flatten());
    let mut calls: Vec<f64> = campaigns.map(|campaign| campaign["calls"].as_f64().unwrap_or(f64::INFINITY)).collect();
    calls.sort_by(f64::total_cmp);
    let at = |part: usize| calls.get(calls.len() * part / 4).copied().filter(|calls| calls.is_finite());
    Guided {
        campaigns: calls.len(),
        caught: calls.iter().filter(|calls| calls.is_finite()).count(),
        median_calls: at(2),
        upper_quartile_calls: at(3),
    }
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
