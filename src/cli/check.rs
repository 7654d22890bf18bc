//! `slashproof check`.

use std::process::ExitCode;

use super::CheckArgs;
use crate::problem::Problem;

#[cfg(not(feature = "anvil"))]
pub(super) fn check(_: &CheckArgs) -> Result<ExitCode, Problem> {
    Err(Problem::new("this slashproof was built without nodes").hint("build it with the default features"))
}

#[cfg(feature = "anvil")]
pub(super) use live::check;

#[cfg(feature = "anvil")]
mod live {
    use std::{
        collections::BTreeMap,
        io::{self, Write, stdout},
        time::Duration,
    };

    use serde_json::{Value, json};

    use super::{CheckArgs, ExitCode, Problem};
    use crate::{
        artifact::{Artifacts, Source},
        check::{Checked, Stakers, judge},
        cli::{exit, printed},
        config::{deployment, select},
        ledger::Ledger,
        node::Live,
        oracle::{Invariant, Verdict},
        protocol::{Protocol, eigenlayer::EigenLayer},
    };

    type Row = (&'static Invariant, Checked);

    /// Reads the ledger of a deployment and judges it.
    pub(in crate::cli) fn check(arguments: &CheckArgs) -> Result<ExitCode, Problem> {
        let deployment = deployment(&arguments.deployment)?;
        let invariants = select(arguments.invariants.as_deref(), &[])?;
        let source = arguments.artifacts.as_ref().map_or(Source::Bundled, |folder| Source::Folder(folder.clone()));
        let artifacts = Artifacts::load(&source, deployment.release.name)?;
        let patience = Duration::from_secs(arguments.timeout.max(1));
        let live = Live::connect(&arguments.rpc_url, arguments.block, patience)?;
        let protocol = EigenLayer::deployed(artifacts, &deployment, &live)
            .map_err(|problem| problem.at(arguments.deployment.display()))?;
        let mut ledger = live.ledger(&protocol)?;
        protocol.ask_balances(&mut ledger, &live)?;
        protocol.confirm_on(&live, &ledger)?;
        let stakers = if protocol.has_all_stakers() { Stakers::All } else { Stakers::Some };
        let rows = judge(&protocol, &ledger, stakers, &invariants);
        let violated = rows.iter().any(|(_, checked)| matches!(checked, Checked::Judged(Verdict::Violated(_))));
        let mut out = stdout().lock();
        printed(if arguments.json {
            writeln!(out, "{:#}", told(&live, &protocol, &ledger, &rows))
        } else {
            human(&live, &protocol, &ledger, &rows, &mut out)
        })?;
        Ok(ExitCode::from(if violated { exit::VIOLATED } else { exit::HELD }))
    }

    /// How a row ended, and what there is to say of it.
    fn verdict(checked: &Checked) -> (&'static str, String) {
        match checked {
            Checked::Judged(Verdict::Holds) => ("holds", String::new()),
            Checked::Judged(Verdict::NotApplicable) => ("no occasion", String::new()),
            Checked::Judged(Verdict::Violated(sentence)) => ("violated", sentence.clone()),
            Checked::Needs(needs) => ("not judged", needs.text().to_owned()),
            Checked::Lacks(lacking) => {
                let lacking: Vec<&str> = lacking.iter().map(|assumption| assumption.text()).collect();
                ("not judged", lacking.join(", "))
            }
        }
    }

    fn told(live: &Live, protocol: &EigenLayer, ledger: &Ledger, rows: &[Row]) -> Value {
        let row = |(invariant, checked): &Row| {
            let (verdict, text) = verdict(checked);
            let mut row = json!({ "id": invariant.id, "statement": invariant.statement, "verdict": verdict });
            match checked {
                Checked::Judged(Verdict::Violated(_)) => row["sentence"] = json!(text),
                Checked::Judged(_) => {}
                Checked::Needs(_) | Checked::Lacks(_) => row["needs"] = json!(text),
            }
            row
        };
        let names = |addresses: Vec<alloy_primitives::Address>| -> Value {
            addresses
                .into_iter()
                .map(|at| (protocol.book().name(at), json!(at)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let sets = ledger.sets.iter().map(|set| json!({ "avs": set.id.avs, "id": set.id.id }));
        json!({
            "kind": "slashproof check",
            "node": live.name(),
            "block": ledger.block,
            "timestamp": ledger.timestamp,
            "release": protocol.release(),
            "operators": names(ledger.operators.iter().map(|operator| operator.address).collect()),
            "stakers": names(ledger.stakers.iter().map(|staker| staker.address).collect()),
            "strategies": names(ledger.strategies.iter().map(|strategy| strategy.address).collect()),
            "sets": sets.collect::<Vec<_>>(),
            "invariants": rows.iter().map(row).collect::<Vec<_>>(),
        })
    }

    fn human(live: &Live, protocol: &EigenLayer, ledger: &Ledger, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}, block {}, {} release", live.name(), ledger.block, protocol.release())?;
        let Ledger { operators, stakers, sets, strategies, .. } = ledger;
        let counts = [operators.len(), stakers.len(), sets.len(), strategies.len()];
        let [operators, stakers, sets, strategies] = counts;
        writeln!(out, "{operators} operators, {stakers} stakers, {sets} sets, {strategies} strategies\n")?;
        let mut ids: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
        for (invariant, checked) in rows {
            match verdict(checked) {
                ("violated", sentence) => {
                    writeln!(out, "violated: {}  {}\n  -> {sentence}\n", invariant.id, invariant.statement)?;
                }
                (verdict, needs) => ids.entry((verdict, needs)).or_default().push(invariant.id),
            }
        }
        for ((verdict, needs), ids) in &ids {
            let needs = if needs.is_empty() { String::new() } else { format!(", needs {needs}") };
            writeln!(out, "{verdict}{needs}: {} invariants", ids.len())?;
            writeln!(out, "  {}", ids.join(" "))?;
        }
        writeln!(out)?;
        let sentences: Vec<String> = rows.iter().map(|(_, checked)| verdict(checked).1).collect();
        let told = |name: &str| sentences.iter().any(|sentence| sentence.contains(name));
        let mut named = protocol.book().entries().iter().filter(|entry| told(&entry.name));
        named.try_for_each(|entry| writeln!(out, "{} is {}", entry.name, entry.address))
    }
}
