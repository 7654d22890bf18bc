//! A timeline as a drawing: blocks to the right, magnitudes stacked upwards, below them where funds went.
//!
//! Sets differ in lightness and in pattern, and each band has its name in it where there is room, so that nothing needs
//! colours to be told apart.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use maud::{Markup, html};

use super::amount;
use crate::{
    arithmetic::WAD,
    report::human::grouped,
    timeline::{Flow, Part, PlayedCall, SetMagnitude, Timeline, Track, Way},
};

/// Patterns for sets; after that they repeat.
const SETS: usize = 5;

/// Where time begins, and what is left after the last call.
const LEFT: f64 = 96.0;
const TAIL: f64 = 96.0;
/// How wide time is drawn.
const WIDTH: f64 = 640.0;

/// Heights: of the numbers of calls, of a track's name, of a track and what is below it, of a row of flows, of the axis.
const HEAD: f64 = 46.0;
const NAME: f64 = 22.0;
const TRACK: f64 = 116.0;
const GAP: f64 = 22.0;
const ROW: f64 = 34.0;
const AXIS: f64 = 40.0;

/// A band is drawn as high as this at least, so that it is seen.
const SLIVER: f64 = 4.0;

/// Tracks that are drawn; a finding that moves more is not small.
const TRACKS: usize = 6;

/// What can be in a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Band {
    Allocated(usize),
    Leaving(usize),
    Coming(usize),
    Free,
    Slashed,
}

impl Band {
    /// `numbers` are those of the track's sets in the whole drawing.
    fn class(self, numbers: &[usize]) -> String {
        match self {
            Self::Allocated(set) => format!("band set{}", numbers[set] % SETS),
            Self::Leaving(set) => format!("band leaving{}", numbers[set] % SETS),
            Self::Coming(set) => format!("band coming{}", numbers[set] % SETS),
            Self::Free => "band free".to_owned(),
            Self::Slashed => "band slashed".to_owned(),
        }
    }

    fn text(self, sets: &[String]) -> String {
        match self {
            Self::Allocated(set) => sets[set].clone(),
            Self::Leaving(set) => format!("{}, leaving", sets[set]),
            Self::Coming(set) => format!("{}, pending", sets[set]),
            Self::Free => "free".to_owned(),
            Self::Slashed => "slashed".to_owned(),
        }
    }
}

/// Where blocks and calls are drawn. Blocks without calls are drawn the shorter the more there are.
struct Scale {
    begins: u64,
    blocks: Vec<u64>,
    /// By call.
    calls: Vec<f64>,
    right: f64,
}

impl Scale {
    fn of(timeline: &Timeline) -> Self {
        let blocks: Vec<u64> = timeline.calls.iter().map(|call| call.block).collect();
        let mut last = timeline.begins;
        let mut gaps: Vec<f64> = Vec::with_capacity(blocks.len());
        for block in &blocks {
            let passed = block.saturating_sub(last);
            gaps.push(if passed == 0 { 30.0 } else { 45.0 + 10.0 * (1.0 + passed as f64).log2() });
            last = *block;
        }
        let wide: f64 = gaps.iter().sum();
        let factor = WIDTH / wide.max(1.0);
        let mut at = LEFT;
        let mut calls = Vec::with_capacity(gaps.len());
        for gap in gaps {
            at += gap * factor;
            calls.push(at);
        }
        Self { begins: timeline.begins, blocks, calls, right: at + TAIL }
    }

    /// Where `block` is drawn, after `played` calls.
    fn x(&self, played: usize, block: u64) -> f64 {
        let (from, begins) = match played.checked_sub(1) {
            None => (LEFT, self.begins),
            Some(last) => (self.calls[last], self.blocks[last]),
        };
        let (Some(to), Some(ends)) = (self.calls.get(played), self.blocks.get(played)) else { return from };
        let whole = ends.saturating_sub(begins).max(1) as f64;
        from + (to - from) * (block.saturating_sub(begins) as f64 / whole)
    }
}

/// A band over time: where it begins, and from where to where it reaches upwards, as parts of the whole.
struct Stretch {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
}

/// Draws a timeline.
pub(super) fn draw(timeline: &Timeline) -> Markup {
    let scale = Scale::of(timeline);
    let (drawn, sets) = (timeline.tracks.len().min(TRACKS), sets(timeline));
    let ways = ways(timeline);
    let flows_top = HEAD + drawn as f64 * (NAME + TRACK + GAP);
    let axis_top = flows_top + ways.len() as f64 * ROW + 12.0;
    let height = axis_top + AXIS;
    let view = format!("0 0 {:.0} {height:.0}", scale.right + 8.0);
    html! {
        div class="scroll" tabindex="0" role="region" aria-label="timeline" {
            svg class="timeline" viewBox=(view) role="img" xmlns="http://www.w3.org/2000/svg" {
                title { "Timeline: magnitudes and funds, block by block" }
                (mark(timeline, &scale, axis_top))
                @for (index, track) in timeline.tracks.iter().take(TRACKS).enumerate() {
                    (track_drawing(track, &numbers(track, &sets), &scale, HEAD + index as f64 * (NAME + TRACK + GAP)))
                }
                @for (index, way) in ways.iter().enumerate() {
                    (flow_row(timeline, &scale, *way, flows_top + index as f64 * ROW))
                }
                (outline(timeline, &scale, axis_top))
                (heads(timeline, &scale, axis_top))
                (axis(&scale, axis_top))
            }
        }
        @if timeline.tracks.len() > drawn {
            p class="quiet" { "drawn: " (drawn) " of " (timeline.tracks.len()) " operators and strategies that moved" }
        }
        (legend(timeline, &scale, &sets))
    }
}

/// Every set that is given something, in the order drawn.
fn sets(timeline: &Timeline) -> Vec<&str> {
    let mut sets: Vec<&str> = Vec::new();
    for set in timeline.tracks.iter().flat_map(|track| &track.sets) {
        if !sets.contains(&set.as_str()) {
            sets.push(set);
        }
    }
    sets
}

/// The numbers of a track's sets among all.
fn numbers(track: &Track, sets: &[&str]) -> Vec<usize> {
    track.sets.iter().filter_map(|set| sets.iter().position(|at| at == set)).collect()
}

/// Where it is violated.
fn mark(timeline: &Timeline, scale: &Scale, bottom: f64) -> Markup {
    let Some(x) = timeline.violated_at.and_then(|at| scale.calls.get(at)) else { return html! {} };
    html! {
        rect class="violated" x=(px(x - 14.0)) y="8" width="28" height=(px(bottom - 8.0)) rx="4" {}
        text class="violated-text" x=(px(x + 19.0)) y="30" { "✗ violated" }
    }
}

/// The same place, around what is drawn there.
fn outline(timeline: &Timeline, scale: &Scale, bottom: f64) -> Markup {
    let Some(x) = timeline.violated_at.and_then(|at| scale.calls.get(at)) else { return html! {} };
    html! { rect class="outline" x=(px(x - 14.0)) y="8" width="28" height=(px(bottom - 8.0)) rx="4" {} }
}

/// The numbers of the calls, and a line down from each.
fn heads(timeline: &Timeline, scale: &Scale, bottom: f64) -> Markup {
    html! {
        @for (index, (call, x)) in timeline.calls.iter().zip(&scale.calls).enumerate() {
            line class="call-line" x1=(px(*x)) x2=(px(*x)) y1="36" y2=(px(bottom)) {}
            g class=(head_class(call)) {
                title { (call.told.actor) ": " (call.told.text) }
                circle cx=(px(*x)) cy="26" r="10" {}
                text x=(px(*x)) y="30.5" text-anchor="middle" { (index + 1) }
            }
        }
    }
}

fn head_class(call: &PlayedCall) -> &'static str {
    match (call.succeeded, call.part) {
        (false, _) => "head failed",
        (true, Part::Sequence) => "head",
        (true, Part::Exit) => "head exit",
    }
}

fn track_drawing(track: &Track, numbers: &[usize], scale: &Scale, top: f64) -> Markup {
    let top = top + NAME;
    let bottom = top + TRACK;
    let whole = track.samples.iter().map(|sample| sample.magnitudes.total()).fold(U256::from(WAD), U256::max);
    let y = |part: f64| bottom - part * TRACK;
    let bands = bands(track, scale, whole);
    html! {
        text class="name" x=(px(LEFT)) y=(px(top - 8.0)) {
            (track.operator) tspan class="sub" { " in " (track.strategy) }
        }
        text class="tick" x=(px(LEFT - 6.0)) y=(px(top + 5.0)) text-anchor="end" { (percent(whole)) }
        text class="tick" x=(px(LEFT - 6.0)) y=(px(bottom)) text-anchor="end" { "0" }
        @for (band, stretch) in largest_first(&bands) {
            @let height = ((stretch.high - stretch.low) * TRACK).max(SLIVER);
            rect class=(band.class(numbers)) x=(px(stretch.from)) y=(px((bottom - height).min(y(stretch.high))))
                width=(px((stretch.to - stretch.from).max(1.5))) height=(px(height)) {
                title { (band.text(&track.sets)) ": " (format!("{:.4} %", 100.0 * (stretch.high - stretch.low))) }
            }
        }
        @for (band, stretches) in &bands {
            @if let Some(widest) = roomiest(stretches, &band.text(&track.sets)) {
                text class="band-text" x=(px(f64::midpoint(widest.from, widest.to))) text-anchor="middle"
                    y=(px(y(f64::midpoint(widest.low, widest.high)) + 4.0)) { (band.text(&track.sets)) }
            }
        }
        line class="ground" x1=(px(LEFT)) x2=(px(scale.right)) y1=(px(bottom)) y2=(px(bottom)) {}
    }
}

/// What is small is drawn last, over what is large.
fn largest_first(bands: &[(Band, Vec<Stretch>)]) -> Vec<(Band, &Stretch)> {
    let mut all: Vec<(Band, &Stretch)> =
        bands.iter().flat_map(|(band, stretches)| stretches.iter().map(|stretch| (*band, stretch))).collect();
    all.sort_by(|(_, one), (_, other)| (other.high - other.low).total_cmp(&(one.high - one.low)));
    all
}

/// The stretch in which a text fits best, if it fits in one.
fn roomiest<'a>(stretches: &'a [Stretch], text: &str) -> Option<&'a Stretch> {
    let needed = 7.0 * text.chars().count() as f64 + 10.0;
    let fits = |stretch: &&Stretch| (stretch.high - stretch.low) * TRACK >= 15.0 && stretch.to - stretch.from >= needed;
    stretches.iter().filter(fits).max_by(|one, other| (one.to - one.from).total_cmp(&(other.to - other.from)))
}

/// By band, from the bottom: its stretches. Those that follow each other at the same height are one.
fn bands(track: &Track, scale: &Scale, whole: U256) -> Vec<(Band, Vec<Stretch>)> {
    let mut bands: Vec<(Band, Vec<Stretch>)> = order(track.sets.len()).map(|band| (band, Vec::new())).collect();
    for (index, sample) in track.samples.iter().enumerate() {
        let from = scale.x(sample.calls, sample.block);
        let to = track.samples.get(index + 1).map_or(scale.right, |next| scale.x(next.calls, next.block));
        let mut low = 0.0;
        for (band, stretches) in &mut bands {
            let size = part(
                size_of(*band, &sample.magnitudes.sets, (sample.magnitudes.free, sample.magnitudes.slashed)),
                whole,
            );
            let high = low + size;
            if size > 0.0 {
                match stretches.last_mut() {
                    Some(last) if same(last.to, from) && same(last.low, low) && same(last.high, high) => last.to = to,
                    _ => stretches.push(Stretch { from, to, low, high }),
                }
            }
            low = high;
        }
    }
    bands
}

fn order(sets: usize) -> impl Iterator<Item = Band> {
    let of_sets = (0..sets).flat_map(|set| [Band::Allocated(set), Band::Leaving(set), Band::Coming(set)]);
    of_sets.chain([Band::Free, Band::Slashed])
}

fn size_of(band: Band, sets: &[SetMagnitude], (free, slashed): (u64, u64)) -> u64 {
    match band {
        Band::Allocated(set) => sets[set].allocated,
        Band::Leaving(set) => sets[set].leaving,
        Band::Coming(set) => sets[set].coming,
        Band::Free => free,
        Band::Slashed => slashed,
    }
}

fn part(size: u64, whole: U256) -> f64 {
    size as f64 / f64::from(whole).max(1.0)
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// The ways that funds took.
fn ways(timeline: &Timeline) -> Vec<Way> {
    let taken = |way: &Way| timeline.calls.iter().flat_map(|call| &call.flows).any(|flow| flow.way == *way);
    Way::ALL.into_iter().filter(taken).collect()
}

/// What moved one way, at each call: an arrow with the amount.
fn flow_row(timeline: &Timeline, scale: &Scale, way: Way, top: f64) -> Markup {
    let middle = top + ROW / 2.0;
    html! {
        text class="name" x="0" y=(px(middle + 4.0)) { (way.text()) }
        line class="rail" x1=(px(LEFT)) x2=(px(scale.right)) y1=(px(middle)) y2=(px(middle)) {}
        @for (call, x) in timeline.calls.iter().zip(&scale.calls) {
            @let flows: Vec<&Flow> = call.flows.iter().filter(|flow| flow.way == way).collect();
            @if !flows.is_empty() {
                g class="flow" {
                    title { (flows.iter().map(|flow| told(flow)).collect::<Vec<_>>().join("; ")) }
                    path d=(glyph(way, *x, middle)) {}
                    text class="flow-text" x=(px(x + 10.0)) y=(px(middle - 4.0)) { (sum(&flows)) }
                }
            }
        }
    }
}

fn told(flow: &Flow) -> String {
    format!("{} wei of {}, {} {}", flow.amount, flow.token, flow.way.text(), flow.who)
}

/// Amounts by token, and whose if it is one.
fn sum(flows: &[&Flow]) -> String {
    let mut by_token: BTreeMap<&str, U256> = BTreeMap::new();
    for flow in flows {
        let sum = by_token.entry(&flow.token).or_default();
        *sum = sum.saturating_add(flow.amount);
    }
    let sums = by_token.into_iter().map(|(token, sum)| format!("{} {token}", amount(&sum.to_string())));
    let sums = sums.collect::<Vec<_>>().join(", ");
    match flows {
        [only] if only.way != Way::Burned => format!("{sum}, {}", only.who, sum = sums),
        _ => sums,
    }
}

/// A shape for each way: in is a triangle that points up, out one that points down; fire is a diamond.
fn glyph(way: Way, x: f64, y: f64) -> String {
    match way {
        Way::Deposited => format!("M{:.1} {:.1}l7 12h-14z", x, y - 6.0),
        Way::ToStaker => format!("M{:.1} {:.1}l7 -12h-14z", x, y + 6.0),
        Way::Burned => format!("M{:.1} {:.1}l7 7l-7 7l-7 -7z", x, y - 7.0),
        Way::Redistributed => format!("M{:.1} {:.1}h12v12h-12z", x - 6.0, y - 6.0),
        Way::Elsewhere => format!("M{:.1} {:.1}l12 12m0 -12l-12 12", x - 6.0, y - 6.0),
    }
}

/// The blocks, where there is room for their numbers.
fn axis(scale: &Scale, top: f64) -> Markup {
    let mut free_from = f64::MIN;
    let mut ticks = Vec::new();
    let first = (LEFT, scale.begins);
    for (x, block) in [first].into_iter().chain(scale.calls.iter().copied().zip(scale.blocks.iter().copied())) {
        let is_new = ticks.last().is_none_or(|(_, last)| *last != block);
        if is_new && x >= free_from {
            free_from = x + 62.0;
            ticks.push((x, block));
        }
    }
    html! {
        line class="ground" x1=(px(LEFT)) x2=(px(scale.right)) y1=(px(top)) y2=(px(top)) {}
        text class="name" x="0" y=(px(top + 20.0)) { "block" }
        @for (x, block) in &ticks {
            line class="ground" x1=(px(*x)) x2=(px(*x)) y1=(px(top)) y2=(px(top + 5.0)) {}
            text class="tick" x=(px(*x)) y=(px(top + 20.0)) text-anchor="middle" { (grouped(*block)) }
        }
    }
}

/// What patterns mean, as far as they are drawn.
fn legend(timeline: &Timeline, scale: &Scale, sets: &[&str]) -> Markup {
    let tracks = timeline.tracks.iter().take(TRACKS);
    let mut named: Vec<(String, String)> = Vec::new();
    for track in tracks {
        let (drawn, numbers) = (bands(track, scale, U256::from(WAD)), numbers(track, sets));
        for (band, _) in drawn.iter().filter(|(_, stretches)| !stretches.is_empty()) {
            let entry = (band.class(&numbers), band.text(&track.sets));
            if !named.contains(&entry) {
                named.push(entry);
            }
        }
    }
    html! {
        @if !named.is_empty() {
            ul class="legend" {
                @for (class, text) in &named {
                    li {
                        svg viewBox="0 0 22 14" width="22" height="14" aria-hidden="true" {
                            rect class=(class) x="0.5" y="0.5" width="21" height="13" {}
                        }
                        (text)
                    }
                }
            }
        }
        p class="quiet" { "Magnitudes are parts of WAD; the smallest are drawn as slivers. Blocks without calls are drawn shorter, the more \
                there are." }
    }
}

fn percent(whole: U256) -> String {
    let whole = 100.0 * f64::from(whole) / WAD as f64;
    if same(whole, 100.0) { "100 %".to_owned() } else { format!("{whole:.1} %") }
}

fn px(number: f64) -> String {
    format!("{number:.1}")
}

/// The patterns, once for a page.
pub(super) fn patterns() -> Markup {
    const INK: [&str; SETS] = ["#1f4e79", "#4a7fb0", "#7fa8cd", "#2f6f5e", "#9dbfa8"];
    const LINES: [&str; SETS] = ["", "M0 8L8 0", "M0 4H8", "M4 0V8", "M0 0L8 8M0 8L8 0"];
    html! {
        svg class="patterns" width="0" height="0" aria-hidden="true" {
            defs {
                @for (set, (ink, lines)) in INK.iter().zip(LINES).enumerate() {
                    pattern id=(format!("set{set}")) width="8" height="8" patternUnits="userSpaceOnUse" {
                        rect width="8" height="8" fill=(ink) {}
                        path d=(lines) stroke="#ffffff" stroke-width="1.2" fill="none" stroke-opacity="0.75" {}
                    }
                    pattern id=(format!("leaving{set}")) width="6" height="6" patternUnits="userSpaceOnUse" {
                        rect width="6" height="6" fill="#ffffff" {}
                        path d="M3 0V6" stroke=(ink) stroke-width="3" {}
                    }
                    pattern id=(format!("coming{set}")) width="7" height="7" patternUnits="userSpaceOnUse" {
                        rect width="7" height="7" fill="#ffffff" {}
                        circle cx="3.5" cy="3.5" r="1.7" fill=(ink) {}
                    }
                }
                pattern id="slashed" width="7" height="7" patternUnits="userSpaceOnUse" {
                    rect width="7" height="7" fill="#17191d" {}
                    path d="M0 7L7 0M0 0L7 7" stroke="#c9504a" stroke-width="1.3" {}
                }
            }
        }
    }
}
