//! A deployment that lives on a node: what needs no history is judged of it as it stands, and whatever the node or the
//! file does instead of answering ends in one sentence.
#![cfg(feature = "anvil")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use serde_json::{Value, json};
use slashproof::{
    book::Role,
    call::Call,
    check::{Checked, Stakers, judge},
    executor::Executor,
    invariants::{self, Needs, needs},
    ledger::{Ledger, Operator},
    node::Node,
    oracle::{Invariant, Verdict},
    protocol::{Protocol, eigenlayer::EigenLayer},
};

use crate::{
    node::anvil,
    real::deployed as eigenlayer,
    support::{bundled, code, hunt, json, mutant, play, release, root, slashproof, starting, stderr, stdout, wander},
};

/// Those that a ledger alone is enough for.
fn standing() -> impl Iterator<Item = &'static Invariant> {
    invariants::all().filter(|invariant| needs(invariant) <= Needs::AllStakers)
}

#[test]
fn what_stands_on_a_ledger_alone_holds_after_every_call_and_is_not_idle() {
    let mut held = BTreeSet::new();
    for protocol in [bundled(), release("slashing"), eigenlayer("standard")] {
        let mut executor = Executor::deploy(&protocol).unwrap();
        let all: Vec<_> = standing().collect();
        for run in 0..60 {
            executor.reset();
            wander(&mut executor, run, 120, |executor| {
                for (invariant, checked) in judge(&protocol, executor.ledger(), Stakers::All, &all) {
                    match checked {
                        Checked::Judged(Verdict::Violated(sentence)) => panic!("{}: {sentence}", invariant.id),
                        Checked::Judged(Verdict::Holds) => drop(held.insert(invariant.id)),
                        _ => {}
                    }
                }
            });
        }
    }
    let idle: Vec<&str> = standing().map(|invariant| invariant.id).filter(|id| !held.contains(id)).collect();
    assert_eq!(idle, [""; 0], "they never had anything to say");
}

#[test]
fn what_needs_more_is_not_judged() {
    let protocol = bundled();
    let executor = Executor::deploy(&protocol).unwrap();
    let all: Vec<_> = invariants::all().collect();
    let mut reasons: BTreeMap<Needs, usize> = BTreeMap::new();
    for (invariant, checked) in judge(&protocol, executor.ledger(), Stakers::Some, &all) {
        match checked {
            Checked::Judged(_) => assert_eq!(needs(invariant), Needs::Nothing),
            Checked::Needs(needs) => *reasons.entry(needs).or_default() += 1,
            Checked::Lacks(_) => {}
        }
    }
    let named: Vec<Needs> = reasons.into_keys().collect();
    assert_eq!(named, [Needs::AllStakers, Needs::Calls, Needs::Exit, Needs::Model]);
}

/// The file that describes a deployment of ours.
pub fn describe(protocol: &EigenLayer, folder: &Path) -> String {
    let book = protocol.book();
    let all = |role: Role| -> Vec<String> { book.of_role(role).iter().map(ToString::to_string).collect() };
    let text = format!(
        "release = \"{}\"\noperators = {:?}\nstakers = {:?}\nplain_tokens = true\nall_stakers = true\n\n\
         [contracts]\ndelegation_manager = \"{}\"\nrewards_coordinator = \"{}\"\nstrategy_factory = \"{}\"\n",
        protocol.release(),
        all(Role::Operator),
        all(Role::Staker),
        book.address("delegationManager").unwrap(),
        book.address("rewardsCoordinator").unwrap(),
        book.address("strategyFactory").unwrap(),
    );
    let path = folder.join("deployment.toml");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Plays as [`wander`] does, until it ends as it should: what happened on a deployment that has lived for a while.
pub fn live_until(executor: &mut Executor<'_>, calls: usize, as_it_should: impl Fn(&Ledger) -> bool) -> Vec<Call> {
    for run in 3.. {
        executor.reset();
        let played = wander(executor, run, calls, |_| {});
        if as_it_should(executor.ledger()) {
            return played;
        }
    }
    unreachable!("some run does")
}

/// Whether a set can slash stake of somebody.
pub fn anybody_slashable(ledger: &Ledger) -> bool {
    let with_stake = |operator: &Operator| {
        let mut sets = operator.allocations.iter().zip(&operator.memberships);
        sets.any(|(of_set, membership)| {
            let mut stakes = of_set.iter().zip(&operator.stakes);
            membership.is_slashable(ledger.block)
                && stakes.any(|(allocation, stake)| allocation.current > 0 && !stake.shares.is_zero())
        })
    };
    ledger.operators.iter().any(with_stake)
}

/// Whether no switch is on.
pub fn nothing_paused(ledger: &Ledger) -> bool {
    ledger.control.paused.iter().all(|(_, status)| status.is_zero())
}

/// What `check --json` says of an invariant.
fn row<'a>(told: &'a Value, id: &str) -> &'a Value {
    let rows = told["invariants"].as_array().expect("a list");
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is not told of"))
}

#[test]
fn a_healthy_deployment_holds_and_everybody_is_found() {
    for protocol in [bundled(), release("slashing"), eigenlayer("standard")] {
        let folder = tempfile::tempdir().unwrap();
        let mut executor = Executor::deploy(&protocol).unwrap();
        let calls = live_until(&mut executor, 60, anybody_slashable);
        let mut node = Node::start(&protocol, Some(&anvil())).unwrap();
        for call in &calls {
            node.play(call).unwrap();
        }
        let (url, file) = (node.url(), describe(&protocol, folder.path()));
        let arguments = ["check", "--rpc-url", &url, "--deployment", &file, "--json"];
        let output = slashproof(folder.path(), &arguments);
        assert_eq!(code(&output), 0, "{}{}", stderr(&output), stdout(&output));
        let told = json(&output);
        for id in ["MAG-05", "DEL-05", "CON-06"] {
            assert_eq!(row(&told, id)["verdict"], "holds", "{id}");
        }
        assert_ne!(row(&told, "WDR-13")["verdict"], "not judged", "all stakers are named");
        assert_eq!(row(&told, "SLA-01")["verdict"], "not judged");
        // Sets and strategies were not named.
        let allocated: BTreeSet<_> = node.ledger().operators.iter().flat_map(|of| of.allocated_sets.clone()).collect();
        assert!(!allocated.is_empty() && told["sets"].as_array().unwrap().len() >= allocated.len());
        assert!(told["strategies"].as_object().unwrap().len() > 2);
        assert_eq!(told["block"], node.ledger().block);

        let human = stdout(&slashproof(folder.path(), &arguments[..5]));
        assert!(human.contains("\nholds: ") && human.contains("\nnot judged, needs everybody to leave: "), "{human}");
    }
}

#[test]
fn a_bug_that_has_happened_shows() {
    let folder = tempfile::tempdir().unwrap();
    for (name, id) in [("queue-is-a-stack", "QUE-06"), ("allocation-not-encumbered", "MAG-05")] {
        let protocol = mutant(name);
        let summary = play(&protocol, &hunt(1, 3_000, invariants::find(id).unwrap()));
        let violation = summary.violations.first().expect("it is caught");
        let mut node = Node::start(&protocol, Some(&anvil())).unwrap();
        for call in &violation.calls {
            node.play(call).unwrap();
        }
        let (url, file) = (node.url(), describe(&protocol, folder.path()));
        let arguments = ["check", "--rpc-url", &url, "--deployment", &file];
        let output = slashproof(folder.path(), &arguments);
        assert_eq!(code(&output), 1, "{name}: {}", stderr(&output));
        let human = stdout(&output);
        assert!(human.contains(&format!("violated: {id}  ")) && human.contains(" is 0x"), "{human}");
        let others = [&arguments[..], &["--invariants", "STR"]].concat();
        assert_eq!(code(&slashproof(folder.path(), &others)), 0, "{name}");
    }
}

/// Answers every request of every connection with what `answer` makes of it; `None` keeps silent.
pub fn server(answer: fn(&Value) -> Option<String>) -> String {
    let address = listen(move |stream| serve(stream, answer));
    format!("http://{address}/secret-key")
}

/// The same by https, with a certificate that only our own authority vouches for.
fn safe_server(answer: fn(&Value) -> Option<String>) -> String {
    let file = |name: &str| root().join("tests/tls").join(name);
    let certificate = CertificateDer::from_pem_file(file("node.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("node.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let address = listen(move |stream| {
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        serve(rustls::StreamOwned::new(connection, stream), answer);
    });
    format!("https://localhost:{}/secret-key", address.port())
}

/// Lets `serve` have every connection to a port of its own.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    address
}

fn serve(stream: impl Read + Write, answer: fn(&Value) -> Option<String>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let request: Value = serde_json::from_slice(&body).unwrap();
        let Some(text) = answer(&request) else {
            thread::park();
            return;
        };
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", text.len());
        let stream = reader.get_mut();
        if stream.write_all([head.as_bytes(), text.as_bytes()].concat().as_slice()).is_err() || stream.flush().is_err()
        {
            return;
        }
    }
}

/// The hash of a block.
fn hash() -> String {
    format!("0x{}", "ab".repeat(32))
}

/// A node that has a block, and answers the rest with `rest`.
pub fn with_a_block(request: &Value, rest: impl Fn(&Value) -> Value) -> String {
    let answer = |request: &Value| {
        let header = json!({ "number": "0x10", "timestamp": "0x20", "hash": hash() });
        let body =
            if request["method"] == "eth_getBlockByNumber" { json!({ "result": header }) } else { rest(request) };
        let mut whole = json!({ "jsonrpc": "2.0", "id": request["id"] });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        whole
    };
    match request.as_array() {
        Some(batch) => Value::Array(batch.iter().map(answer).collect()).to_string(),
        None => answer(request).to_string(),
    }
}

pub const MANAGER: &str = "[contracts]\ndelegation_manager = \"0x00000000000000000000000000000000000000aa\"\n";

/// What `check` says of a node, which must be one sentence and exit code 2.
fn refused(url: &str, file: &str, more: &[&str]) -> String {
    refused_trusting(url, file, more, None)
}

/// The same where an authority that is not the system's is trusted.
fn refused_trusting(url: &str, file: &str, more: &[&str], authority: Option<&Path>) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("d.toml"), file).unwrap();
    let arguments = [&["check", "--rpc-url", url, "--deployment", "d.toml", "--timeout", "1"], more].concat();
    let mut command = starting(folder.path(), &arguments);
    command.envs(authority.map(|authority| ("SSL_CERT_FILE", authority)));
    let output = command.output().expect("it starts");
    let told = stderr(&output);
    assert_eq!(code(&output), 2, "{told}");
    assert_eq!(stdout(&output), "");
    assert!(told.starts_with("error: ") && told.lines().count() <= 2, "{told}");
    assert!(!told.contains("secret-key"), "{told}");
    told
}

#[test]
fn a_node_that_is_none_ends_in_a_sentence() {
    let gone = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let told = refused(&format!("http://{gone}/secret-key"), MANAGER, &[]);
    assert!(told.contains("cannot be asked eth_getBlockByNumber: ") && told.contains("refused"), "{told}");
    let told = refused("localhost:8545", MANAGER, &[]);
    assert!(told.contains("the URL of the node cannot be read") && told.contains("http://localhost:8545"), "{told}");
    let told = refused(&server(|_| Some("<html>\nwelcome</html>".to_owned())), MANAGER, &[]);
    assert!(told.contains("what is no answer to it: <html> welcome</html>"), "{told}");
    let told = refused(&server(|_| None), MANAGER, &[]);
    assert!(told.contains("does not answer eth_getBlockByNumber within 1 s"), "{told}");
    let half = |request: &Value| Some(json!({ "jsonrpc": "2.0", "id": request["id"], "result": "0x" }).to_string());
    let told = refused(&server(half), MANAGER, &[]);
    assert!(told.contains("answers eth_getBlockByNumber with what is no answer"), "{told}");
    let none = |request: &Value| Some(json!({ "jsonrpc": "2.0", "id": request["id"], "result": null }).to_string());
    let told = refused(&server(none), MANAGER, &["--block", "77"]);
    assert!(told.contains("has no block 77"), "{told}");
}

#[test]
fn a_node_is_reached_by_https_if_somebody_vouches_for_it() {
    let limited = |request: &Value| {
        Some(with_a_block(request, |_| json!({ "error": { "code": -32005, "message": "daily limit exceeded" } })))
    };
    let url = safe_server(limited);
    let authority = root().join("tests/tls/authority.pem");
    let told = refused_trusting(&url, MANAGER, &[], Some(&authority));
    assert!(told.contains("https://localhost:") && told.contains("refuses eth_getCode with -32005"), "{told}");
    let told = refused(&url, MANAGER, &[]);
    assert!(told.contains("cannot be asked eth_getBlockByNumber") && told.contains("certificate"), "{told}");
}

#[test]
fn a_system_that_vouches_for_nobody_reaches_nodes_by_http() {
    let none = |request: &Value| Some(json!({ "jsonrpc": "2.0", "id": request["id"], "result": null }).to_string());
    let empty = tempfile::NamedTempFile::new().unwrap();
    let told = refused_trusting(&server(none), MANAGER, &["--block", "77"], Some(empty.path()));
    assert!(told.contains("has no block 77"), "{told}");
    let told = refused_trusting(&safe_server(none), MANAGER, &[], Some(empty.path()));
    // Whether that is noticed before a certificate is seen or then is the system's.
    assert!(told.contains("certificate"), "{told}");
}

#[test]
fn a_node_that_has_forgotten_ends_in_a_sentence() {
    let pruned = |request: &Value| {
        Some(with_a_block(
            request,
            |_| json!({ "error": { "code": -32000, "message": "missing trie node 1234 (path )" } }),
        ))
    };
    let told = refused(&server(pruned), MANAGER, &["--block", "16"]);
    assert!(told.contains("does not have the state of that block: missing trie node"), "{told}");
    assert!(told.contains("an archive node"), "{told}");
    let limited = |request: &Value| {
        Some(with_a_block(request, |_| json!({ "error": { "code": -32005, "message": "daily limit exceeded" } })))
    };
    let told = refused(&server(limited), MANAGER, &[]);
    assert!(told.contains("refuses eth_getCode with -32005: daily limit exceeded"), "{told}");
}

#[test]
fn a_file_that_does_not_fit_ends_in_a_sentence() {
    let empty = |request: &Value| Some(with_a_block(request, |_| json!({ "result": "0x" })));
    let told = refused(&server(empty), MANAGER, &[]);
    assert!(told.contains("d.toml: there is no code at 0x") && told.contains("the delegation manager"), "{told}");
    let url = server(empty);
    let told = refused(&url, &format!("operater = []\n{MANAGER}"), &[]);
    assert!(
        told.contains("d.toml: there is no key \"operater\"") && told.contains("did you mean operators?"),
        "{told}"
    );
    assert!(refused(&url, "release = ", &[]).contains("d.toml: "));
    // Something else is there.
    let other = |request: &Value| {
        Some(with_a_block(request, |request| match request["method"].as_str() {
            Some("eth_getCode") => json!({ "result": "0x6000" }),
            _ => json!({ "error": { "code": 3, "message": "execution reverted", "data": "0x" } }),
        }))
    };
    let told = refused(&server(other), MANAGER, &[]);
    assert!(told.contains("does not answer allocationManager()"), "{told}");
}
