use std::collections::BTreeMap;
use slashproof::{invariants, oracle::Verdict, artifact::Artifacts, protocol::{Protocol, eigenlayer::EigenLayer}, executor::Executor, generator::Generator, draw::{Dice, Draw}, call::*};
fn main() {
    let p = EigenLayer::new(Artifacts::bundled()).unwrap();
    let t = std::time::Instant::now();
    let mut e = Executor::deploy(&p).unwrap();
    println!("deploy {:?} block {} ops {}", t.elapsed(), e.ledger().block, e.ledger().operators.iter().filter(|o| e.ledger().is_operator(o.address)).count());
    let runs: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(200);
    let mut stats: BTreeMap<u16,(u64,u64,u64)> = BTreeMap::new();
    let mut errs: BTreeMap<(u16,String),u64> = BTreeMap::new();
    let t = std::time::Instant::now();
    let invs: Vec<_> = invariants::all().collect(); let mut iv = vec![(0u64,0u64,0u64); invs.len()]; let mut t_inv = std::time::Duration::ZERO;
    let (mut calls, mut rev, mut t_exec) = (0u64,0u64, std::time::Duration::ZERO);
    for run in 0..runs {
        e.reset();
        let mut dice = Dice::of_run(1, 0, run);
        let g = Generator::for_run(&p, &mut dice);
        for _ in 0..100 {
            let delay = g.delay(&mut dice, e.ledger());
            e.advance(delay);
            let d = g.next(&mut dice, e.ledger());
            for a in &d.discarded { stats.entry(a.0).or_default().2 += 1; }
            let Some((action, actor, operation)) = d.call else { continue };
            let call = Call { action, actor, delay, operation };
            let t0 = std::time::Instant::now();
            let Some(o) = e.execute(&call) else { println!("unencodable {call:?}"); continue };
            t_exec += t0.elapsed();
            let t1=std::time::Instant::now();
            { let step = e.step(&call,&o); for (i,inv) in invs.iter().enumerate() { match (inv.check)(&step) { Verdict::Holds => iv[i].0+=1, Verdict::NotApplicable => iv[i].1+=1, Verdict::Violated(m) => { iv[i].2+=1; if iv[i].2<=3 { println!("{} run {run}: {m} [{}]", inv.id, p.actions()[action.0 as usize].name); } } } } }
            t_inv += t1.elapsed();
            calls += 1;
            let s = stats.entry(action.0).or_default();
            match &o { Outcome::Returned(_) => s.0 += 1, Outcome::Reverted(d) => { s.1 += 1; rev += 1; *errs.entry((action.0, format!("{}", alloy_primitives::hex::encode(&d[..d.len().min(4)])))).or_default() += 1 }, Outcome::Halted(r) => { s.1+=1; *errs.entry((action.0, r.clone())).or_default() += 1 } }
        }
    }
    let el = t.elapsed();
    println!("{calls} calls {rev} reverts {:.1}% in {el:?}: {:.0}/s, exec {t_exec:?} {:.1}us/call edges {}", 100.0*rev as f64/calls as f64, calls as f64/el.as_secs_f64(), t_exec.as_secs_f64()*1e6/calls as f64, e.world().edges().taken().len());
    println!("invariants {t_inv:?} {:.1}us/call", t_inv.as_secs_f64()*1e6/calls as f64); for (i,inv) in invs.iter().enumerate() { println!("{} {:?}", inv.id, iv[i]); }
    for (i, a) in p.actions().iter().enumerate() {
        let s = stats.get(&(i as u16)).copied().unwrap_or_default();
        let er: Vec<_> = errs.iter().filter(|((k,_),_)| *k == i as u16).map(|((_,n),c)| format!("{n}:{c}")).collect();
        println!("{:34} ok {:6} rev {:6} disc {:6}  {}", a.name, s.0, s.1, s.2, er.join(" "));
    }
}
