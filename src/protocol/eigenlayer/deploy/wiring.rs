//! What constructors and initializers are given. Releases and forks of them want different things in different orders, so
//! each parameter is looked up by the interface it names, or by its own name.

use std::collections::BTreeMap;

use alloy_dyn_abi::{DynSolType, DynSolValue, Specifier};
use alloy_json_abi::{Function, Param};
use alloy_primitives::{Address, FixedBytes, U256};

use crate::{artifact::Artifact, problem::Problem};

/// What there is to be given: each thing, and what contracts call it. Names are compared without underscores and case.
const THINGS: &[(Thing, &[&str])] = &[
    (Thing::AllocationManager, &["IAllocationManager", "allocationManager"]),
    (Thing::AllocationManagerView, &["IAllocationManagerView", "allocationManagerView"]),
    (Thing::DelegationManager, &["IDelegationManager", "delegation", "delegationManager"]),
    (Thing::StrategyManager, &["IStrategyManager", "strategyManager"]),
    (Thing::EigenPodManager, &["IEigenPodManager", "eigenPodManager"]),
    (Thing::PermissionController, &["IPermissionController", "permissionController"]),
    (Thing::PauserRegistry, &["IPauserRegistry", "pauserRegistry"]),
    (Thing::DepositContract, &["IETHPOSDeposit", "ethPOS", "depositContract"]),
    (Thing::EmissionsController, &["IEmissionsController", "emissionsController"]),
    // Before the strategy, which some call the same.
    (Thing::EigenToken, &["IEigen", "EIGENToken"]),
    (Thing::EigenStrategy, &["IStrategy", "eigenStrategy"]),
    (Thing::PodBeacon, &["eigenPodBeacon", "podBeacon"]),
    (Thing::StrategyBeacon, &["strategyBeacon", "initialStrategyBeacon"]),
    (Thing::VaultBeacon, &["durationVaultBeacon"]),
    (Thing::DeallocationDelay, &["deallocationDelay"]),
    (Thing::ConfigurationDelay, &["allocationConfigurationDelay"]),
    (Thing::WithdrawalDelay, &["minWithdrawalDelay", "minWithdrawalDelayBlocks", "minimumWithdrawalDelayBlocks"]),
    (Thing::CalculationInterval, &["calculationIntervalSeconds"]),
    (Thing::MaxRewardsDuration, &["maxRewardsDuration"]),
    (Thing::MaxRetroactiveLength, &["maxRetroactiveLength"]),
    (Thing::MaxFutureLength, &["maxFutureLength"]),
    (Thing::GenesisRewards, &["genesisRewardsTimestamp"]),
    (Thing::GenesisTime, &["genesisTime"]),
    (Thing::Version, &["version"]),
    (Thing::Pausers, &["pausers"]),
    (Thing::Unpauser, &["unpauser", "initialUnpauser"]),
    (Thing::Owner, &["initialOwner"]),
    (Thing::Paused, &["initialPausedStatus", "initPausedStatus"]),
    (Thing::Whitelister, &["initialStrategyWhitelister"]),
    (Thing::RewardsUpdater, &["rewardsUpdater", "initialRewardsUpdater"]),
    (Thing::ActivationDelay, &["activationDelay", "initialActivationDelay"]),
    (Thing::DefaultSplit, &["defaultSplitBips", "initialDefaultSplitBips"]),
    (Thing::FeeRecipient, &["feeRecipient"]),
    (Thing::MaxPerDeposit, &["maxPerDeposit", "mostPerDeposit"]),
    (Thing::MaxTotalDeposits, &["maxTotalDeposits", "mostInTotal"]),
    (Thing::Token, &["underlyingToken", "token", "bEIGEN", "backing"]),
    (Thing::RewardsCoordinator, &["IRewardsCoordinator", "rewardsCoordinator"]),
    (Thing::StrategyFactory, &["IStrategyFactory", "strategyFactory"]),
    (Thing::Operators, &["operators"]),
    (Thing::Stakers, &["stakers"]),
    (Thing::Avss, &["avss"]),
    (Thing::Strategies, &["strategies"]),
    (Thing::Tokens, &["tokens"]),
];

/// Of what is set by initializers and again later: the views that tell what it is. An upgrade that initializes once more
/// gives what is there.
const VIEWS: &[(Thing, &str)] = &[
    (Thing::Owner, "owner"),
    (Thing::Paused, "paused"),
    (Thing::Whitelister, "strategyWhitelister"),
    (Thing::RewardsUpdater, "rewardsUpdater"),
    (Thing::ActivationDelay, "activationDelay"),
    (Thing::DefaultSplit, "defaultOperatorSplitBips"),
    (Thing::FeeRecipient, "feeRecipient"),
];

/// What a parameter can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    AllocationManager,
    AllocationManagerView,
    DelegationManager,
    StrategyManager,
    EigenPodManager,
    PermissionController,
    PauserRegistry,
    DepositContract,
    EmissionsController,
    EigenToken,
    EigenStrategy,
    PodBeacon,
    StrategyBeacon,
    VaultBeacon,
    DeallocationDelay,
    ConfigurationDelay,
    WithdrawalDelay,
    CalculationInterval,
    MaxRewardsDuration,
    MaxRetroactiveLength,
    MaxFutureLength,
    GenesisRewards,
    GenesisTime,
    Version,
    Pausers,
    Unpauser,
    Owner,
    Paused,
    Whitelister,
    RewardsUpdater,
    ActivationDelay,
    DefaultSplit,
    FeeRecipient,
    MaxPerDeposit,
    MaxTotalDeposits,
    Token,
    RewardsCoordinator,
    StrategyFactory,
    Operators,
    Stakers,
    Avss,
    Strategies,
    Tokens,
}

/// Something that can be given.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Address(Address),
    Addresses(Vec<Address>),
    Number(U256),
    Text(String),
}

impl From<Address> for Given {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

impl From<u32> for Given {
    fn from(number: u32) -> Self {
        Self::Number(U256::from(number))
    }
}

/// All that is there to be given so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Wiring(BTreeMap<Thing, Given>);

impl Wiring {
    /// From now on this is there.
    pub fn know(&mut self, thing: Thing, given: impl Into<Given>) {
        self.0.insert(thing, given.into());
    }

    /// No longer.
    pub fn forget(&mut self, thing: Thing) {
        self.0.remove(&thing);
    }

    /// What the constructor of a contract wants, encoded.
    pub fn constructor(&self, contract: &Artifact) -> Result<Vec<u8>, Problem> {
        let Some(constructor) = &contract.abi.constructor else { return Ok(Vec::new()) };
        let what = format!("the constructor of {}", contract.name);
        let values = self.values(&constructor.inputs, contract).map_err(|problem| problem.at(what))?;
        Ok(DynSolValue::Tuple(values).abi_encode_params())
    }

    /// The call that initializes a contract with all that can be given; `None` where there is nothing to initialize.
    pub fn initializer(&self, contract: &Artifact) -> Result<Option<Vec<u8>>, Problem> {
        self.longest_call("initialize", contract)
    }

    /// The call of the function called `name` with all that can be given; `None` where there is none such.
    pub fn longest_call(&self, name: &str, contract: &Artifact) -> Result<Option<Vec<u8>>, Problem> {
        let mut told = None;
        for function in overloads(name, contract) {
            match self.call_of(function, contract) {
                Ok(call) => return Ok(Some(call)),
                Err(problem) => told = told.or(Some(problem)),
            }
        }
        told.map_or(Ok(None), Err)
    }

    /// The calls of all functions called `name` whose parameters can be given, those that want most first.
    pub fn calls(&self, contract: &Artifact, name: &str) -> Vec<Vec<u8>> {
        overloads(name, contract).into_iter().filter_map(|function| self.call_of(function, contract).ok()).collect()
    }

    /// The call of a function of a contract.
    pub fn call_of(&self, function: &Function, contract: &Artifact) -> Result<Vec<u8>, Problem> {
        let what = format!("{} of {}", function.name, contract.name);
        let values = self.values(&function.inputs, contract).map_err(|problem| problem.at(what))?;
        Ok([&function.selector()[..], &DynSolValue::Tuple(values).abi_encode_params()].concat())
    }

    fn values(&self, params: &[Param], contract: &Artifact) -> Result<Vec<DynSolValue>, Problem> {
        params.iter().map(|param| self.value(param, contract)).collect()
    }

    fn value(&self, param: &Param, contract: &Artifact) -> Result<DynSolValue, Problem> {
        if let Some(text) = argument(param, contract) {
            return self.configured(param, text);
        }
        if param.ty == "tuple" {
            return Ok(DynSolValue::Tuple(self.values(&param.components, contract)?));
        }
        let unknown = || {
            let (name, own) = (plain(&param.name), &contract.name);
            Problem::new(format!("it wants {:?}, a {}, and nothing here is called so", param.name, interface(param)))
                .hint(format!("the names of EigenLayer core v1.3 to v1.12 are known; say what else is given below [arguments] in slashproof.toml: {own} = {{ {name} = \"...\" }}"))
        };
        let kind = param.resolve().map_err(|_| unknown())?;
        let given = thing(param).and_then(|thing| self.0.get(&thing)).ok_or_else(unknown)?;
        fitting(given, &kind).ok_or_else(unknown)
    }

    /// What the configuration gives: a value as Solidity writes it, or the name of a thing that is here.
    fn configured(&self, param: &Param, text: &str) -> Result<DynSolValue, Problem> {
        let name = &param.name;
        // What the harness counts with, and asks for, must be what it takes it to be.
        if thing(param).is_some_and(|thing| self.0.contains_key(&thing)) {
            return Err(Problem::new(format!("{name:?} is known, and given already"))
                .hint("leave it out below [arguments] in slashproof.toml"));
        }
        let wrong = || {
            Problem::new(format!("{text:?}, given for {name:?}, is no {}", interface(param)))
                .hint("below [arguments] in slashproof.toml, values are written as in Solidity, or named: \"token\", \"initialOwner\"")
        };
        let kind = param.selector_type().parse::<DynSolType>().map_err(|_| wrong())?;
        let named = called(&plain(text)).and_then(|thing| self.0.get(&thing)).and_then(|given| fitting(given, &kind));
        named.or_else(|| kind.coerce_str(text).ok()).ok_or_else(wrong)
    }
}

/// What the configuration gives for a parameter.
fn argument<'a>(param: &Param, contract: &'a Artifact) -> Option<&'a str> {
    let wanted = plain(&param.name);
    contract.arguments.iter().find(|(name, _)| plain(name) == wanted).map(|(_, text)| text.as_str())
}

/// Of the parameters of a function, by index, those that are state: what asks `deployed` for each.
pub(super) fn state(function: &Function, deployed: &Artifact) -> Vec<(usize, FixedBytes<4>)> {
    // Of those, a parameter may be more than one word.
    let is_wide = |param: &Param| !param.components.is_empty() || param.ty.ends_with(']') && !param.ty.ends_with("[]");
    if function.inputs.iter().any(is_wide) {
        return Vec::new();
    }
    let view = |param: &Param| {
        let thing = thing(param)?;
        let (_, name) = VIEWS.iter().find(|(of, _)| *of == thing)?;
        let views = deployed.abi.function(name)?;
        views.iter().find(|view| view.inputs.is_empty()).map(Function::selector)
    };
    function.inputs.iter().enumerate().filter_map(|(index, param)| Some((index, view(param)?))).collect()
}

/// The functions called `name`, those that want most first; the only one if that is a signature.
pub(super) fn overloads<'a>(name: &str, contract: &'a Artifact) -> Vec<&'a Function> {
    let (only, is_signature) = (name.split('(').next().unwrap_or_default(), name.contains('('));
    let named = contract.abi.function(only).into_iter().flatten();
    let mut all: Vec<&Function> = named.filter(|it| !is_signature || it.signature() == name).collect();
    all.sort_by_key(|function| std::cmp::Reverse(function.inputs.len()));
    all
}

/// What a parameter means: what its interface says, and where that says little, its name.
fn thing(param: &Param) -> Option<Thing> {
    let interface = plain(interface(param).trim_start_matches("contract "));
    called(&interface).or_else(|| called(&plain(&param.name)))
}

/// The thing of this name, which is plain.
fn called(name: &str) -> Option<Thing> {
    let found = THINGS.iter().find(|(_, names)| names.iter().any(|own| plain(own) == name));
    found.map(|(thing, _)| *thing)
}

/// The type of a parameter in Solidity.
fn interface(param: &Param) -> String {
    param.internal_type().map_or_else(|| param.ty.clone(), ToString::to_string)
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Something given, as the type that is wanted.
fn fitting(given: &Given, kind: &DynSolType) -> Option<DynSolValue> {
    match (given, kind) {
        (Given::Address(address), DynSolType::Address) => Some(DynSolValue::Address(*address)),
        (Given::Text(text), DynSolType::String) => Some(DynSolValue::String(text.clone())),
        (Given::Number(number), DynSolType::Uint(bits)) => Some(DynSolValue::Uint(*number, *bits)),
        (Given::Addresses(all), DynSolType::Array(of)) if **of == DynSolType::Address => {
            Some(DynSolValue::Array(all.iter().copied().map(DynSolValue::Address).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloy_json_abi::JsonAbi;
    use alloy_sol_types::SolValue;

    use super::*;

    fn contract(signatures: &[&str]) -> Artifact {
        Artifact {
            name: "X".to_owned(),
            abi: JsonAbi::parse(signatures.iter().copied()).unwrap(),
            creation: alloy_primitives::Bytes::new(),
            links: Vec::new(),
            runtime: alloy_primitives::Bytes::new(),
            layout: None,
            declarations: None,
            told: None,
            target: None,
            source_map: None,
            arguments: BTreeMap::new(),
        }
    }

    fn wiring() -> Wiring {
        let mut wiring = Wiring::default();
        wiring.know(Thing::DelegationManager, Address::repeat_byte(1));
        wiring.know(Thing::Token, Address::repeat_byte(2));
        wiring.know(Thing::DeallocationDelay, 7);
        wiring
    }

    #[test]
    fn parameters_are_known_by_name_in_any_order_and_spelling() {
        let (manager, delay) = (Address::repeat_byte(1), 7u32);
        let expected = (delay, manager).abi_encode_params();
        for signature in [
            "constructor(uint32 _DEALLOCATION_DELAY, address _delegation)",
            "constructor(uint32 deallocationDelay, address delegationManager)",
        ] {
            assert_eq!(wiring().constructor(&contract(&[signature])).unwrap(), expected, "{signature}");
        }
        assert_eq!(wiring().constructor(&contract(&[])).unwrap(), Vec::<u8>::new());
    }

    #[test]
    fn what_nobody_knows_is_told() {
        let problem = wiring().constructor(&contract(&["constructor(address oracle)"])).unwrap_err().to_string();
        assert!(problem.contains("the constructor of X: it wants \"oracle\", a address"), "{problem}");
        let mistyped = wiring().constructor(&contract(&["constructor(uint256 token)"]));
        assert!(mistyped.is_err());
    }

    #[test]
    fn what_nobody_knows_is_given() {
        let given = |signature: &str, text: &str| {
            let arguments = [("oracle".to_owned(), text.to_owned()), ("delegation".to_owned(), "1".to_owned())].into();
            wiring().constructor(&Artifact { arguments, ..contract(&[signature]) })
        };
        let of = |word: U256| word.to_be_bytes_vec();
        let address = |byte: u8| Address::repeat_byte(byte).abi_encode();
        let literal = Address::repeat_byte(7).to_string();
        assert_eq!(given("constructor(address _oracle)", &literal).unwrap(), address(7));
        assert_eq!(given("constructor(address ORACLE)", "underlyingToken").unwrap(), address(2));
        assert_eq!(
            given("constructor(uint96 oracle)", "1000000000000000000000").unwrap(),
            of(U256::from(10).pow(U256::from(21)))
        );
        assert_eq!(given("constructor(bool oracle)", "true").unwrap(), of(U256::ONE));
        assert_eq!(given("constructor((uint8,address) oracle)", &format!("(3,{literal})")).unwrap()[31..32], [3]);
        for (signature, text, expected) in [
            ("constructor(address oracle)", "7", "\"7\", given for \"oracle\", is no address"),
            ("constructor(uint8 oracle)", "256", "is no uint8"),
            ("constructor(address oracle)", "strategyBeacon", "is no address"),
            ("constructor(address delegation)", "7", "\"delegation\" is known, and given already"),
        ] {
            let problem = given(signature, text).unwrap_err().to_string();
            assert!(problem.contains(expected), "{signature}: {problem}");
        }
    }

    #[test]
    fn of_initializers_the_one_that_can_be_given_most_is_called() {
        let abi = ["function initialize(address token)", "function initialize(address token, address oracle)"];
        let call = wiring().initializer(&contract(&abi)).unwrap().unwrap();
        let expected = JsonAbi::parse(abi).unwrap().function("initialize").unwrap()[0].selector();
        assert_eq!(call[..4], expected[..]);
        let both = contract(&abi);
        let counts = |name: &str| overloads(name, &both).iter().map(|it| it.inputs.len()).collect::<Vec<_>>();
        assert_eq!((counts("initialize"), counts("initialize(address)")), (vec![2, 1], vec![1]));
        assert_eq!(counts("initialize(uint256)"), [0usize; 0]);
        assert_eq!(wiring().initializer(&contract(&[])).unwrap(), None);
        assert!(wiring().initializer(&contract(&abi[1..])).is_err());
    }
}
