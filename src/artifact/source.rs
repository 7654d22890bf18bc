//! Where contracts come from: the binary, or a folder.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{DEFAULT_RELEASE, Folder};
use crate::problem::Problem;

/// Where contracts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The binary.
    Bundled,
    /// The binary, with this bug planted.
    Mutant(String),
    /// This folder.
    Folder(PathBuf),
    /// This folder, where some contracts have other names, or stand in files that are named.
    Named {
        /// The folder.
        folder: PathBuf,
        /// By the name that EigenLayer gives it: the name in the folder, or a file.
        contracts: BTreeMap<String, String>,
        /// What parameters are given whose names say nothing here.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        arguments: Arguments,
    },
}

/// By contract, and by parameter of its constructor or its initializer: what it is given, as text.
pub type Arguments = BTreeMap<String, BTreeMap<String, String>>;

impl Source {
    /// Its folder, as one of a release; `None` for what the binary carries.
    pub fn folder(&self, release: &str) -> Result<Option<Folder>, Problem> {
        match self {
            Self::Bundled | Self::Mutant(_) => Ok(None),
            Self::Folder(folder) => Folder::of(folder, release).map(Some),
            Self::Named { folder, contracts, .. } => Folder::named(folder, release, contracts).map(Some),
        }
    }

    /// This one instead of `other`: of a folder, what the other says of names and arguments holds as far as it is of use
    /// there.
    pub fn instead_of(&self, other: &Self) -> Result<Self, Problem> {
        match (self, other) {
            (Self::Folder(folder), Self::Named { contracts, arguments, .. }) => {
                Names { contracts: contracts.clone(), arguments: arguments.clone() }.within(folder)
            }
            _ => Ok(self.clone()),
        }
    }
}

/// What a fork says of its contracts, wherever they are.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// By the name that EigenLayer gives it: the name of a contract, or a file.
    pub contracts: BTreeMap<String, String>,
    /// What parameters are given.
    pub arguments: Arguments,
}

impl Names {
    /// A folder that has all of these names.
    pub fn of(self, folder: PathBuf) -> Source {
        let Self { contracts, arguments } = self;
        if contracts.is_empty() && arguments.is_empty() {
            return Source::Folder(folder);
        }
        Source::Named { folder, contracts, arguments }
    }

    /// A folder, with those names that it has: of two builds one may be a fork with names of its own, and the other not.
    pub fn within(mut self, folder: &Path) -> Result<Source, Problem> {
        for (contract, called) in std::mem::take(&mut self.contracts) {
            if is_called(folder, &contract, &called)? {
                self.contracts.insert(contract, called);
            }
        }
        Ok(self.of(folder.to_owned()))
    }
}

/// Whether a folder has a contract under a name of its own.
pub fn is_called(folder: &Path, contract: &str, called: &str) -> Result<bool, Problem> {
    let name = BTreeMap::from([(contract.to_owned(), called.to_owned())]);
    Ok(Folder::named(folder, DEFAULT_RELEASE, &name)?.find(contract).is_ok())
}
