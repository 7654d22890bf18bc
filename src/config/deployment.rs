//! The file that says what of a deployment is read: TOML, or JSON with the same keys.

use std::{fs, path::Path};

use alloy_primitives::Address;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{sentence, unknown_key};
use crate::{
    artifact::DEFAULT_RELEASE,
    call::SetId,
    problem::Problem,
    protocol::eigenlayer::{Deployment, release},
};

const KEYS: &[&str] =
    &["release", "contracts", "operators", "stakers", "sets", "strategies", "plain_tokens", "all_stakers"];

/// The contracts that are named. The others are named by the first.
const CONTRACTS: &[&str] = &["delegation_manager", "rewards_coordinator", "strategy_factory"];

/// The deployment that a file describes.
pub fn deployment(path: &Path) -> Result<Deployment, Problem> {
    let text = fs::read_to_string(path)
        .map_err(|error| Problem::new(format!("cannot read the deployment {}: {error}", path.display())))?;
    of_text(&text).map_err(|problem| problem.at(path.display()))
}

fn of_text(text: &str) -> Result<Deployment, Problem> {
    let file = table(text)?;
    check(&file, KEYS)?;
    let contracts: Map<String, Value> = value(&file, "contracts")?.unwrap_or_default();
    check(&contracts, CONTRACTS).map_err(|problem| problem.at("contracts"))?;
    let contract = |name: &str| value::<Address>(&contracts, name).map_err(|problem| problem.at("contracts"));
    let delegation_manager = contract("delegation_manager")?.ok_or_else(|| {
        Problem::new("it does not say where the delegation manager is")
            .hint("below [contracts], write delegation_manager = \"0x...\"; it names the others")
    })?;
    let named: Option<String> = value(&file, "release")?;
    Ok(Deployment {
        release: release::find(named.as_deref().unwrap_or(DEFAULT_RELEASE))?,
        delegation_manager,
        rewards_coordinator: contract("rewards_coordinator")?,
        strategy_factory: contract("strategy_factory")?,
        operators: somebody(&file, "operators")?,
        stakers: somebody(&file, "stakers")?,
        sets: value::<Vec<SetId>>(&file, "sets")?.unwrap_or_default(),
        strategies: somebody(&file, "strategies")?,
        plain_tokens: value(&file, "plain_tokens")?.unwrap_or(false),
        all_stakers: value(&file, "all_stakers")?.unwrap_or(false),
    })
}

fn table(text: &str) -> Result<Map<String, Value>, Problem> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| Problem::new(format!("this is no JSON: {error}")));
    }
    toml::from_str(text).map_err(|error| Problem::new(sentence(&error)))
}

fn check(table: &Map<String, Value>, keys: &[&str]) -> Result<(), Problem> {
    table.keys().find(|key| !keys.contains(&key.as_str())).map_or(Ok(()), |key| Err(unknown_key(key, keys)))
}

fn value<T: DeserializeOwned>(table: &Map<String, Value>, key: &str) -> Result<Option<T>, Problem> {
    let read = |value: &Value| T::deserialize(value).map_err(|error| Problem::new(error.to_string()).at(key));
    table.get(key).map(read).transpose()
}

/// Addresses, none of which is nobody's.
fn somebody(table: &Map<String, Value>, key: &str) -> Result<Vec<Address>, Problem> {
    let all: Vec<Address> = value(table, key)?.unwrap_or_default();
    if all.contains(&Address::ZERO) {
        return Err(Problem::new("the zero address is nobody").at(key));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANAGER: &str = "\"0x00000000000000000000000000000000000000aa\"";

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = format!(
            "release = \"slashing\"\noperators = [{MANAGER}]\nsets = [{{ avs = {MANAGER}, id = 7 }}]\n\
             [contracts]\ndelegation_manager = {MANAGER}\n"
        );
        let json = format!(
            r#"{{"release":"slashing","operators":[{MANAGER}],"sets":[{{"avs":{MANAGER},"id":7}}],
                "contracts":{{"delegation_manager":{MANAGER}}}}}"#
        );
        let (toml, json) = (of_text(&toml).unwrap(), of_text(&json).unwrap());
        assert_eq!(format!("{toml:?}"), format!("{json:?}"));
        assert_eq!((toml.sets[0].id, toml.release.name, toml.plain_tokens), (7, "slashing", false));
    }

    #[test]
    fn what_cannot_be_understood_is_told_in_a_sentence() {
        let contracts = format!("[contracts]\ndelegation_manager = {MANAGER}\n");
        for (text, expected) in [
            ("", "it does not say where the delegation manager is"),
            ("operator = []", "there is no key \"operator\""),
            ("{ \"contracts\": ", "this is no JSON"),
            ("contracts = 3", "contracts: invalid type"),
            ("[contracts]\ndelegation_manger = \"0x\"", "did you mean delegation_manager?"),
            ("[contracts]\ndelegation_manager = \"0xzz\"", "contracts: delegation_manager: "),
            (&format!("operators = [\"{}\"]\n{contracts}", Address::ZERO), "operators: the zero address is nobody"),
            (&format!("release = \"slashin\"\n{contracts}"), "did you mean slashing?"),
            (&format!("operators = [12]\n{contracts}"), "operators: "),
        ] {
            let problem = of_text(text).unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }
}
