//! Where the variables of a contract are, as solc says it.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Where the variables of a contract are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageLayout {
    /// The variables, in the order of their slots.
    pub storage: Vec<Variable>,
    /// What they are made of, by the identifiers that variables name.
    #[serde(default, deserialize_with = "or_nothing")]
    pub types: BTreeMap<String, LayoutType>,
}

/// A variable, or a member of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name.
    pub label: String,
    /// Its slot, counted from the start of what holds it.
    pub slot: U256,
    /// Its first byte within, counted from the low end.
    pub offset: usize,
    /// What it is: one of the layout's types.
    #[serde(rename = "type")]
    pub type_id: String,
    /// The number of its declaration in the syntax trees of the same compilation.
    #[serde(rename = "astId", default, skip_serializing_if = "Option::is_none")]
    pub ast_id: Option<u64>,
    /// Where and how it is declared, if that was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
}

impl Variable {
    /// Whether it only reserves room: an array by that name.
    pub fn is_gap(&self) -> bool {
        let stem = self.label.trim_start_matches('_');
        stem.len() < self.label.len()
            && (stem == "gap" || stem.starts_with("gap_"))
            && self.type_id.contains("array") | self.type_id.contains('[')
    }
}

/// Where and how a variable is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Declared {
    /// The contract or struct that has it.
    pub contract: String,
    /// The file, and if its text was at hand the line: `src/A.sol:12`.
    pub source: String,
    /// What it was called before, by its annotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The type it had before, by its annotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retyped_from: Option<String>,
}

/// What a variable is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LayoutType {
    /// `inplace`, `mapping`, `dynamic_array` or `bytes`.
    #[serde(default)]
    pub encoding: String,
    /// Its name in Solidity.
    pub label: String,
    /// Bytes it takes where the variable stands.
    pub number_of_bytes: U256,
    /// Of a mapping: the type of its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Of a mapping: the type of its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Of an array: the type of its elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Of a struct: its members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Variable>,
}

/// Where a value is: the slot, counted from the start of what holds it, and the bytes within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The slot.
    pub slot: U256,
    /// First byte, counted from the low end.
    pub offset: usize,
    /// Bytes.
    pub bytes: usize,
}

impl Field {
    /// The value within the word of its slot.
    pub fn of(&self, word: U256) -> U256 {
        let shifted = word >> (8 * self.offset);
        if self.bytes >= 32 { shifted } else { shifted & ((U256::ONE << (8 * self.bytes)) - U256::ONE) }
    }
}

impl StorageLayout {
    /// Where the variable called `label` is.
    pub fn variable(&self, label: &str) -> Result<Field, Problem> {
        let variable = self.storage.iter().find(|variable| variable.label == label);
        self.field(variable.ok_or_else(|| Problem::new(format!("the storage layout has no variable {label:?}")))?)
    }

    /// Where the member called `label` is in the structs called `name`.
    pub fn member(&self, name: &str, label: &str) -> Result<Field, Problem> {
        let ends_with = |candidate: &str| {
            candidate.strip_prefix("struct ").is_some_and(|path| path.rsplit('.').next() == Some(name))
        };
        let structure = self.types.values().find(|candidate| ends_with(&candidate.label));
        let structure = structure.ok_or_else(|| Problem::new(format!("the storage layout has no struct {name:?}")))?;
        let member = structure.members.iter().find(|member| member.label == label);
        self.field(
            member.ok_or_else(|| {
                Problem::new(format!("in the storage layout, struct {name:?} has no member {label:?}"))
            })?,
        )
    }

    /// That every type which is named is there, so that whoever follows a name finds something, and that no two variables
    /// are in one place.
    pub(super) fn checked(self) -> Result<Self, Problem> {
        let parts = |it: &LayoutType| {
            let inner = [&it.key, &it.value, &it.base].into_iter().flatten().cloned();
            inner.chain(it.members.iter().map(|member| member.type_id.clone())).collect::<Vec<_>>()
        };
        let named = self.storage.iter().map(|variable| variable.type_id.clone());
        match named.chain(self.types.values().flat_map(parts)).find(|id| !self.types.contains_key(id)) {
            Some(missing) => Err(Problem::new(format!("its \"storageLayout\" does not say what {missing} is"))),
            None => match self.overlapping() {
                Some([one, other]) => {
                    Err(Problem::new(format!("its \"storageLayout\" has {one} and {other} in the same place"))
                        .hint("is the artifact as the compiler wrote it? compile again"))
                }
                None => Ok(self),
            },
        }
    }

    /// Two variables that share bytes, and neither only reserves them.
    fn overlapping(&self) -> Option<[&str; 2]> {
        let kept = self.storage.iter().filter(|variable| !variable.is_gap());
        let mut places: Vec<(U256, U256, &str)> = kept
            .map(|variable| {
                let begin = variable.slot.saturating_mul(U256::from(32)).saturating_add(U256::from(variable.offset));
                let bytes = self.types.get(&variable.type_id).map_or(U256::ZERO, |it| it.number_of_bytes);
                (begin, begin.saturating_add(bytes), variable.label.as_str())
            })
            .collect();
        places.sort_unstable();
        places.windows(2).find(|pair| pair[1].0 < pair[0].1).map(|pair| [pair[0].2, pair[1].2])
    }

    fn field(&self, variable: &Variable) -> Result<Field, Problem> {
        let unreadable = || Problem::new(format!("the storage layout of {:?} makes no sense", variable.label));
        let size = self.types.get(&variable.type_id).ok_or_else(unreadable)?;
        let bytes = usize::try_from(size.number_of_bytes).map_err(|_| unreadable())?;
        Ok(Field { slot: variable.slot, offset: variable.offset, bytes })
    }
}

/// A contract without variables has no types: solc says null.
fn or_nothing<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_known_by_its_name_and_its_type() {
        let is = |label: &str, type_id: &str| {
            Variable {
                label: label.to_owned(),
                slot: U256::ZERO,
                offset: 0,
                type_id: type_id.to_owned(),
                ast_id: None,
                declared: None,
            }
            .is_gap()
        };
        assert!(is("__gap", "t_array(t_uint256)50_storage") && is("__gap_Base", "t_array(t_uint256)50_storage"));
        assert!(
            !is("gap", "t_array(t_uint256)50_storage") && !is("__gap", "t_uint256") && !is("__gaps", "t_array(a)2")
        );
    }

    #[test]
    fn two_variables_in_one_place_are_refused() {
        let layout = |slot: &str, label: &str| {
            let types = r#""a": {"encoding": "inplace", "label": "address", "numberOfBytes": "20"},
                "t_array(a)": {"encoding": "inplace", "label": "address[9]", "numberOfBytes": "288", "base": "a"}"#;
            let two = format!(
                r#"{{"label": "one", "slot": "7", "offset": 0, "type": "a"}}, {{"label": "{label}", "slot": "{slot}", "offset": 12, "type": "a"}},
                {{"label": "__gap", "slot": "7", "offset": 0, "type": "t_array(a)"}}"#
            );
            let text = format!(r#"{{"storage": [{two}], "types": {{{types}}}}}"#);
            serde_json::from_str::<StorageLayout>(&text).unwrap().checked().map(|_| ()).map_err(|told| told.to_string())
        };
        assert_eq!(layout("8", "other"), Ok(()), "what a gap covers is no matter");
        assert!(layout("7", "other").unwrap_err().contains("has one and other in the same place"));
    }

    #[test]
    fn a_field_is_cut_out_of_its_word() {
        let word = U256::from(0x1122_3344_5566u64);
        let field = Field { slot: U256::ZERO, offset: 1, bytes: 2 };
        assert_eq!(field.of(word), U256::from(0x4455));
        assert_eq!(Field { bytes: 32, offset: 0, ..field }.of(word), word);
    }

    #[test]
    fn what_solc_writes_is_read() {
        let text = r#"{"storage":[{"astId":7,"contract":"a.sol:A","label":"x","offset":0,"slot":"12","type":"t"}],
                       "types":{"t":{"encoding":"inplace","label":"uint256","numberOfBytes":"32"}}}"#;
        let layout: StorageLayout = serde_json::from_str(text).unwrap();
        assert_eq!(layout.variable("x").unwrap(), Field { slot: U256::from(12), offset: 0, bytes: 32 });
        assert_eq!(layout.storage[0].ast_id, Some(7));
        assert!(layout.checked().is_ok());
        let empty: StorageLayout = serde_json::from_str(r#"{"storage":[],"types":null}"#).unwrap();
        assert!(empty.types.is_empty());
    }

    #[test]
    fn a_type_that_is_not_there_is_told() {
        let text = r#"{"storage":[{"label":"x","offset":0,"slot":"0","type":"t"}],"types":{}}"#;
        let layout: StorageLayout = serde_json::from_str(text).unwrap();
        assert!(layout.checked().unwrap_err().to_string().contains("does not say what t is"));
    }
}
