//! A finding on the page: what was violated, the drawing, and beside it the calls with what each changed.

use maud::{Markup, html};

use super::drawing;
use crate::{
    invariants,
    report::{FindingRow, human::grouped, text},
    timeline::{Part, PlayedCall, Timeline},
};

/// Cells of a call that are listed; the finding's file plays it again for the rest.
const CHANGES: usize = 40;

pub(super) fn article(finding: &FindingRow) -> Markup {
    let invariant = invariants::find(&finding.invariant);
    let unfinished = if finding.shrunk { "" } else { "; it could be smaller" };
    html! {
        article class="finding" {
            h3 { (finding.invariant) @if let Some(invariant) = invariant { " " (invariant.statement) } }
            @if let Some(invariant) = invariant { p class="quiet" { (invariant.why) } }
            p class="seen" { b { "Seen: " } (finding.sentence) }
            p class="quiet" {
                (finding.shrunk_length) " calls, shrunk from " (finding.original_length) (unfinished) ". Play it again: "
                code { "slashproof replay " (finding.file.display()) }
            }
            @match &finding.timeline {
                Some(timeline) => div class="story" { div { (drawing::draw(timeline)) } (calls(timeline)) },
                None => pre class="mono" { (text::finding(finding)) },
            }
        }
    }
}

fn calls(timeline: &Timeline) -> Markup {
    let mut last = timeline.begins;
    html! {
        ol class="calls" {
            @for (index, call) in timeline.calls.iter().enumerate() {
                @let passed = call.block.saturating_sub(std::mem::replace(&mut last, call.block));
                (one(index, call, passed, timeline.violated_at))
            }
        }
    }
}

fn one(index: usize, call: &PlayedCall, passed: u64, violated_at: Option<usize>) -> Markup {
    let mut class = vec![if call.succeeded { "" } else { "failed" }];
    class.extend((call.part == Part::Exit).then_some("exit"));
    class.extend((violated_at == Some(index)).then_some("here"));
    html! {
        li class=(class.join(" ").trim()) {
            span class="number" { (index + 1) }
            div {
                div class="when" {
                    "block " (grouped(call.block)) ", " (since(passed))
                    @if call.part == Part::Exit { ", everybody leaves" }
                }
                div { b { (call.told.actor) } " " span class="mono" { (call.told.text) } }
                div class="outcome" {
                    (call.told.outcome)
                    @if violated_at == Some(index) { " · ✗ violated here" }
                }
                (changes(call))
            }
        }
    }
}

fn since(passed: u64) -> String {
    match passed {
        0 => "the same block".to_owned(),
        1 => "a block later".to_owned(),
        more => format!("{} blocks later", grouped(more)),
    }
}

fn changes(call: &PlayedCall) -> Markup {
    html! {
        @if call.changes.is_empty() {
            div class="quiet" { "changed nothing in the ledger" }
        } @else {
            table class="changes" {
                tbody {
                    @for change in call.changes.iter().take(CHANGES) {
                        tr { th scope="row" { (change.what) } td class="mono" { del { (change.before) } " → " ins { (change.after) } } }
                    }
                }
            }
            @if call.changes.len() > CHANGES { div class="quiet" { "and " (call.changes.len() - CHANGES) " more cells" } }
        }
    }
}
