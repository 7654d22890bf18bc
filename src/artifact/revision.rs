//! The artifacts of a revision: git checks it out into a folder of its own, and forge builds it there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{self, Command},
};

use crate::problem::Problem;

/// What projects keep their dependencies in without git.
const DEPENDENCIES: [&str; 3] = ["node_modules", "dependencies", "lib"];

/// What the gate reads of a build, beside code.
const ASKED: [&str; 5] = ["build", "--force", "--ast", "--extra-output", "storageLayout"];

/// A build of a revision. The folder goes when this does.
#[derive(Debug)]
pub struct Revision {
    /// Where the repository is.
    repository: PathBuf,
    /// Where the revision is checked out.
    checkout: PathBuf,
    /// Where the project is, from the repository or the checkout.
    project: PathBuf,
    /// The commit.
    commit: String,
}

impl Revision {
    /// Checks `revision` out beside the Foundry project at `project`, or above it, and builds it with `forge`.
    ///
    /// What git does not keep of dependencies, and submodules of the same commit, are copied from the project: nothing is
    /// fetched that is there.
    pub fn build(project: &Path, revision: &str, forge: &str) -> Result<Self, Problem> {
        let project = foundry_project(project)?;
        let repository = PathBuf::from(git(&project, &["rev-parse", "--show-toplevel"]).map_err(|problem| {
            problem.hint(format!("{} is to be in a git repository, for --git to find a revision in", project.display()))
        })?);
        let named = format!("{revision}^{{commit}}");
        let commit =
            git(&repository, &["rev-parse", "--verify", "--quiet", "--end-of-options", &named]).map_err(|_| {
                Problem::new(format!("{} has no revision {revision:?}", repository.display()))
                    .hint("name a commit, a branch or a tag; a shallow clone may have to fetch it first")
            })?;
        let within = project
            .strip_prefix(&repository)
            .map_err(|_| Problem::new(format!("{} is not in {}", project.display(), repository.display())))?;
        let keep = PathBuf::from(git(&repository, &["rev-parse", "--path-format=absolute", "--git-common-dir"])?);
        let checkout = keep.join(format!("slashproof-{}-{}", &commit[..commit.len().min(12)], process::id()));
        let it = Self { project: within.to_owned(), repository, checkout, commit };
        it.check_out()?;
        it.bring_dependencies()?;
        it.compile(forge)?;
        Ok(it)
    }

    /// The project as it was, built.
    pub fn folder(&self) -> PathBuf {
        self.checkout.join(&self.project)
    }

    /// The commit that was built.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    fn check_out(&self) -> Result<(), Problem> {
        let checkout = self.checkout.to_string_lossy();
        git(&self.repository, &["worktree", "add", "--detach", "--force", &checkout, &self.commit])?;
        if self.folder().join("foundry.toml").is_file() {
            return Ok(());
        }
        Err(Problem::new(format!("there is no foundry.toml in {} at {}", self.project.display(), self.commit))
            .hint("the project is to be where it is now, at both revisions"))
    }

    fn bring_dependencies(&self) -> Result<(), Problem> {
        let listed = git(&self.repository, &["ls-tree", "-r", &self.commit])?;
        for (commit, path) in listed.lines().filter_map(submodule) {
            let here = self.repository.join(path);
            let same =
                here.join(".git").exists() && git(&here, &["rev-parse", "HEAD"]).is_ok_and(|head| head == commit);
            if same {
                copy(&here, &self.checkout.join(path))?;
            } else {
                git(&self.checkout, &["submodule", "update", "--init", "--recursive", "--", path])?;
            }
        }
        for name in DEPENDENCIES {
            let (from, to) = (self.repository.join(&self.project).join(name), self.folder().join(name));
            if from.is_dir() && !to.exists() {
                copy(&from, &to)?;
            }
        }
        Ok(())
    }

    fn compile(&self, forge: &str) -> Result<(), Problem> {
        let output = Command::new(forge).args(ASKED).current_dir(self.folder()).output().map_err(|error| {
            Problem::new(format!("{forge} could not be started: {error}"))
                .hint("install Foundry, or say where forge is with --forge")
        })?;
        if output.status.success() {
            return Ok(());
        }
        let told = String::from_utf8_lossy(&output.stderr);
        let why = told.lines().find(|line| line.contains("rror")).unwrap_or("it said nothing").trim().to_owned();
        Err(Problem::new(format!("{forge} could not build {}: {why}", self.commit))
            .hint(format!("git worktree add DIR {} and `{forge} build` there tell the rest", self.commit)))
    }
}

impl Drop for Revision {
    fn drop(&mut self) {
        // What is left is a folder that git prunes.
        let _ = git(&self.repository, &["worktree", "remove", "--force", &self.checkout.to_string_lossy()]);
        let _ = fs::remove_dir_all(&self.checkout);
        let _ = git(&self.repository, &["worktree", "prune"]);
    }
}

/// The folder with a `foundry.toml`, at `path` or above it.
fn foundry_project(path: &Path) -> Result<PathBuf, Problem> {
    let whole = fs::canonicalize(path).map_err(|error| Problem::new(format!("{}: {error}", path.display())))?;
    let found = whole.ancestors().find(|folder| folder.join("foundry.toml").is_file()).map(Path::to_owned);
    found.ok_or_else(|| {
        Problem::new(format!("there is no foundry.toml in {} or above", path.display()))
            .hint("--git builds a Foundry project: run it there, or name it with --candidate")
    })
}

/// What git says; what it complains of is the problem.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, Problem> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| Problem::new(format!("git could not be started: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let why = told.lines().next_back().unwrap_or("it said nothing").to_owned();
    Err(Problem::new(format!("git {}: {why}", arguments[0])))
}

/// Commit and path of a line of `git ls-tree`, if it is a submodule.
fn submodule(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("160000 commit ")?.split_once('\t')
}

fn copy(from: &Path, to: &Path) -> Result<(), Problem> {
    copy_all(from, to)
        .map_err(|error| Problem::new(format!("{} could not be copied to {}: {error}", from.display(), to.display())))
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        // What git keeps of a submodule is about the place where it was.
        if entry.file_name() == ".git" {
            continue;
        }
        if kind.is_symlink() {
            // It leads to the same place of the copy, and may lead in a circle.
            link(&from, &to)?;
        } else if kind.is_dir() {
            copy_all(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn submodules_are_told_from_files() {
        assert_eq!(submodule("160000 commit 0123abc\tlib/forge-std"), Some(("0123abc", "lib/forge-std")));
        assert_eq!(submodule("100644 blob 0123abc\tlib/forge-std/README.md"), None);
    }
}
