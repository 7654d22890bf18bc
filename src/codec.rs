//! Calls as JSON, by name and value: what corpus entries and findings are made of, and what shrinking cuts.

use alloy_primitives::Address;
use serde_json::{Map, Value, json};

use crate::{
    book::Book,
    call::{Call, Delay, Operation},
    problem::{Problem, nearest},
    protocol::{Protocol, action_called, action_info},
};

/// A call as JSON.
pub fn write_call(protocol: &dyn Protocol, call: &Call) -> Value {
    let mut object = Map::new();
    object.insert("action".to_owned(), json!(action_info(protocol, call.action).name));
    object.insert("actor".to_owned(), json!(protocol.book().name(call.actor)));
    if !call.delay.is_zero() {
        object.insert("delay".to_owned(), json!(call.delay));
    }
    object.insert("operation".to_owned(), named(protocol.book(), json!(call.operation)));
    Value::Object(object)
}

/// A call out of JSON. The action, the names and the operation must be known.
pub fn read_call(protocol: &dyn Protocol, value: &Value) -> Result<Call, Problem> {
    let text = |key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.ok_or_else(|| Problem::new(format!("a call has no {key:?}")))
    };
    let name = text("action")?;
    let action = action_called(protocol, name).ok_or_else(|| {
        let problem = Problem::new(format!("there is no action called {name:?}"));
        match nearest(name, protocol.actions().iter().map(|action| action.name)) {
            Some(near) => problem.hint(format!("did you mean {near}?")),
            None => problem,
        }
    })?;
    let delay = match value.get("delay") {
        None => Delay::default(),
        Some(delay) => serde_json::from_value(delay.clone())
            .map_err(|error| Problem::new(format!("a call's \"delay\" makes no sense: {error}")))?,
    };
    let actor = address(protocol.book(), text("actor")?)?;
    let operation = value.get("operation").ok_or_else(|| Problem::new("a call has no \"operation\""))?;
    let operation = read_operation(protocol.book(), operation.clone())?;
    Ok(Call { action, actor, delay, operation })
}

/// An operation out of JSON.
pub fn read_operation(book: &Book, value: Value) -> Result<Operation, Problem> {
    serde_json::from_value(addressed(book, value))
        .map_err(|error| Problem::new(format!("a call's \"operation\" makes no sense: {error}")))
}

/// Calls as JSON.
pub fn write_calls(protocol: &dyn Protocol, calls: &[Call]) -> Value {
    Value::Array(calls.iter().map(|call| write_call(protocol, call)).collect())
}

/// Calls out of JSON.
pub fn read_calls(protocol: &dyn Protocol, value: &Value) -> Result<Vec<Call>, Problem> {
    let calls = value.as_array().ok_or_else(|| Problem::new("its \"calls\" are no list"))?;
    if calls.len() > crate::limits::DEPTH_MAX as usize {
        return Err(Problem::new(format!("it has {} calls, which is too many", calls.len())));
    }
    let read = calls.iter().enumerate().map(|(index, call)| {
        read_call(protocol, call).map_err(|problem| problem.at(format_args!("call {}", index + 1)))
    });
    read.collect()
}

fn address(book: &Book, name: &str) -> Result<Address, Problem> {
    book.address(name).ok_or_else(|| {
        let problem = Problem::new(format!("nobody here is called {name:?}"));
        match nearest(name, book.entries().iter().map(|entry| entry.name.as_str())) {
            Some(near) => problem.hint(format!("did you mean {near}?")),
            None => problem,
        }
    })
}

/// Addresses become names.
fn named(book: &Book, value: Value) -> Value {
    map_texts(value, &|text| {
        let address = text.parse::<Address>().ok().filter(|_| text.len() == 42);
        address.map_or(text.clone(), |address| book.name(address))
    })
}

/// Names become addresses.
fn addressed(book: &Book, value: Value) -> Value {
    map_texts(value, &|text| {
        let is_number = text.starts_with(|first: char| first.is_ascii_digit());
        match book.address(&text).filter(|_| !is_number) {
            Some(address) => format!("{address:#x}"),
            None => text,
        }
    })
}

fn map_texts(value: Value, change: &dyn Fn(String) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.into_iter().map(|item| map_texts(item, change)).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, field)| (key, map_texts(field, change))).collect(),
        other => other,
    }
}
