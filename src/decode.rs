//! Calldata, events and errors in words, by the ABIs of the contracts that answer to them.

use alloy_dyn_abi::{DynSolValue, EventExt, FunctionExt, JsonAbiExt};
use alloy_json_abi::{Error, Event, Function, JsonAbi, Param};
use alloy_primitives::{Address, Bytes, Log};
use alloy_sol_types::{Panic, PanicKind, Revert, SolError};

use crate::{artifact::Artifacts, book::Book, call::Outcome};

/// Speaks about one world.
#[derive(Clone, Copy)]
pub struct Decoder<'a> {
    book: &'a Book,
    artifacts: &'a Artifacts,
}

impl<'a> Decoder<'a> {
    /// Speaks by the names of `book` and the ABIs of `artifacts`.
    pub fn new(book: &'a Book, artifacts: &'a Artifacts) -> Self {
        Self { book, artifacts }
    }

    /// The name of an address.
    pub fn name(&self, address: Address) -> String {
        self.book.name(address)
    }

    /// What a contract answers to.
    fn abi(&self, address: Address) -> Option<&'a JsonAbi> {
        let contract = self.book.get(address)?.contract.as_deref()?;
        self.artifacts.iter().find(|(name, _)| *name == contract).map(|(_, artifact)| &artifact.abi)
    }

    /// The function that a call means.
    pub fn function(&self, to: Address, data: &[u8]) -> Option<&'a Function> {
        let selector = data.get(..4)?;
        let answers = |abi: &'a JsonAbi| abi.functions().find(|function| function.selector() == selector);
        // Proxies are called by their admin too, in words of their own.
        self.abi(to)
            .and_then(answers)
            .or_else(|| self.artifacts.iter().find_map(|(_, artifact)| answers(&artifact.abi)))
    }

    /// The function that a call means: `Contract.function`, as in the sources.
    pub fn function_name(&self, to: Address, data: &[u8]) -> Option<String> {
        let contract = self.book.get(to)?.contract.as_deref()?;
        Some(format!("{contract}.{}", self.function(to, data)?.name))
    }

    /// A call: `contract.function(arguments)`.
    pub fn call(&self, to: Address, data: &Bytes) -> String {
        let contract = self.name(to);
        let Some(function) = self.function(to, data) else {
            return match data.len() {
                0 => format!("{contract}.receive()"),
                _ => format!("{contract}.{}", short(data)),
            };
        };
        match function.abi_decode_input(&data[4..]) {
            Ok(values) => format!("{contract}.{}({})", function.name, self.values(&function.inputs, &values)),
            Err(_) => format!("{contract}.{}({})", function.name, short(&data[4..])),
        }
    }

    /// What a call returned.
    pub fn output(&self, to: Address, data: &[u8], output: &Bytes) -> String {
        let decoded = self.function(to, data).and_then(|function| {
            let values = function.abi_decode_output(output).ok()?;
            Some(values.iter().map(|value| self.value(value)).collect::<Vec<_>>().join(", "))
        });
        decoded.unwrap_or_else(|| if output.is_empty() { String::new() } else { short(output) })
    }

    /// Why a call reverted: a custom error, a message, or a panic.
    pub fn error(&self, data: &Bytes) -> String {
        if data.is_empty() {
            return "without reason".to_owned();
        }
        if let Ok(revert) = Revert::abi_decode(data) {
            return format!("\"{}\"", revert.reason);
        }
        if let Ok(panic) = Panic::abi_decode(data) {
            let kind = panic.kind().map_or("unknown", PanicKind::as_str);
            return format!("Panic({:#x}): {kind}", panic.code);
        }
        let Some(error) = self.custom_error(data) else { return short(data) };
        match error.abi_decode_input(&data[4..]) {
            Ok(values) => format!("{}({})", error.name, self.values(&error.inputs, &values)),
            Err(_) => format!("{}({})", error.name, short(&data[4..])),
        }
    }

    /// The name of an error, without its arguments: what reverts are counted by.
    pub fn error_name(&self, data: &Bytes) -> String {
        match self.custom_error(data) {
            Some(error) => error.name.clone(),
            None => self.error(data),
        }
    }

    fn custom_error(&self, data: &[u8]) -> Option<&'a Error> {
        let selector = data.get(..4)?;
        let mut errors = self.artifacts.iter().flat_map(|(_, artifact)| artifact.abi.errors());
        errors.find(|error| error.selector() == selector)
    }

    /// How a transaction ended.
    pub fn outcome(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Returned(_) => "returned".to_owned(),
            Outcome::Reverted(data) => format!("reverted: {}", self.error(data)),
            Outcome::Halted(reason) => format!("halted: {reason}"),
        }
    }

    /// An event.
    pub fn event(&self, log: &Log) -> String {
        let Some((event, decoded)) = self.known_event(log) else {
            return format!(
                "{} {}",
                log.data.topics().first().map_or_else(String::new, ToString::to_string),
                short(&log.data.data)
            );
        };
        let (mut indexed, mut body) = (decoded.indexed.into_iter(), decoded.body.into_iter());
        let arguments = event.inputs.iter().map(|input| {
            let value = if input.indexed { indexed.next() } else { body.next() };
            let value = value.map_or_else(String::new, |value| self.value(&value));
            format!("{}: {value}", input.name)
        });
        format!("{}({})", event.name, arguments.collect::<Vec<_>>().join(", "))
    }

    fn known_event(&self, log: &Log) -> Option<(&'a Event, alloy_dyn_abi::DecodedEvent)> {
        let topic = log.data.topics().first()?;
        let own = self.abi(log.address).into_iter();
        let all = own.chain(self.artifacts.iter().map(|(_, artifact)| &artifact.abi));
        let event = all.flat_map(JsonAbi::events).find(|event| event.selector() == *topic)?;
        Some((event, event.decode_log(&log.data).ok()?))
    }

    fn values(&self, params: &[Param], values: &[DynSolValue]) -> String {
        let written = params.iter().zip(values).map(|(param, value)| {
            let value = self.value(value);
            if param.name.is_empty() { value } else { format!("{}: {value}", param.name) }
        });
        written.collect::<Vec<_>>().join(", ")
    }

    fn value(&self, value: &DynSolValue) -> String {
        let list = |values: &[DynSolValue]| values.iter().map(|value| self.value(value)).collect::<Vec<_>>().join(", ");
        match value {
            DynSolValue::Address(address) => self.name(*address),
            DynSolValue::Uint(number, _) => number.to_string(),
            DynSolValue::Int(number, _) => number.to_string(),
            DynSolValue::Bool(flag) => flag.to_string(),
            DynSolValue::String(text) => format!("{text:?}"),
            DynSolValue::Bytes(bytes) => short(bytes),
            DynSolValue::FixedBytes(word, size) => short(&word[..*size]),
            DynSolValue::Array(values) | DynSolValue::FixedArray(values) => format!("[{}]", list(values)),
            DynSolValue::Tuple(values) => format!("({})", list(values)),
            DynSolValue::Function(function) => function.to_string(),
        }
    }
}

/// Bytes as hexadecimal digits, long ones cut.
fn short(bytes: &[u8]) -> String {
    const MOST: usize = 32;
    let digits = alloy_primitives::hex::encode(&bytes[..bytes.len().min(MOST)]);
    if bytes.len() > MOST { format!("0x{digits}... ({} bytes)", bytes.len()) } else { format!("0x{digits}") }
}
