//! What is asked for by name: invariants, actions, and formats of the report.

use super::Switch;
use crate::{
    call::ActionId,
    generator::Selection,
    invariants,
    oracle::Invariant,
    own::Own,
    problem::{Problem, nearest},
    protocol::{ActionInfo, Protocol},
    report::{FORMATS, Format},
};

/// The invariants that were asked for, in catalogue order, the auditor's own last.
pub fn select(ids: Option<&[String]>, own: &[Own]) -> Result<Vec<&'static Invariant>, Problem> {
    let all = || invariants::all().chain(own.iter().map(|own| own.invariant));
    let Some(ids) = ids else { return Ok(all().collect()) };
    let key = |invariant: &Invariant| invariant.id.split('-').next().unwrap_or_default();
    for id in ids {
        if all().any(|invariant| invariant.id == id || key(invariant) == id) {
            continue;
        }
        let known = all().map(|invariant| invariant.id).chain(invariants::FAMILIES.iter().map(|f| f.key));
        let problem = Problem::new(format!("there is no invariant {id:?}"));
        return Err(match nearest(id, known) {
            Some(near) => problem.hint(format!("did you mean {near}? slashproof list invariants names them all")),
            None => problem.hint("slashproof list invariants names them all"),
        });
    }
    if ids.is_empty() {
        return Err(Problem::new("no invariant is named").hint("leave the option out to judge all"));
    }
    let asked = |invariant: &&Invariant| ids.iter().any(|id| id == invariant.id || id == key(invariant));
    Ok(all().filter(asked).collect())
}

/// The actions that were asked for, by name or by the actor before the dot.
pub(super) fn select_actions(names: &[String], protocol: &dyn Protocol) -> Result<Selection, Problem> {
    let known = protocol.actions();
    let actor = |action: &ActionInfo| action.name.split('.').next().unwrap_or_default();
    for name in names {
        if known.iter().any(|action| action.name == name || actor(action) == name) {
            continue;
        }
        let problem = Problem::new(format!("there is no action {name:?} in this release and world"));
        return Err(match nearest(name, known.iter().flat_map(|action| [action.name, actor(action)])) {
            Some(near) => problem.hint(format!("did you mean {near}? slashproof list actions names them all")),
            None => problem.hint("slashproof list actions names them all"),
        });
    }
    if names.is_empty() {
        return Err(Problem::new("no action is named").hint("leave the option out to draw all"));
    }
    let asked = |action: &ActionInfo| names.iter().any(|name| name == action.name || name == actor(action));
    let chosen = known.iter().enumerate().filter(|(_, action)| asked(action));
    let id = |index| ActionId(u16::try_from(index).expect("there are few actions"));
    Ok(Selection::Only(chosen.map(|(index, _)| id(index)).collect()))
}

/// The formats of a report that are named.
pub(super) fn formats(names: &[String]) -> Result<Vec<&'static Format>, Problem> {
    let known = || FORMATS.iter().map(|format| format.name);
    let find = |name: &String| {
        FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
            let problem = Problem::new(format!("there is no format {name:?}"));
            match nearest(name, known()) {
                Some(near) => problem.hint(format!("did you mean {near}?")),
                None => problem.hint(format!("there are {}", known().collect::<Vec<_>>().join(", "))),
            }
        })
    };
    names.iter().map(find).collect()
}

/// Without those about what the model says, if it is not asked.
pub(super) fn with_model(
    mut invariants: Vec<&'static Invariant>,
    model: Switch,
) -> Result<Vec<&'static Invariant>, Problem> {
    if model == Switch::Off {
        invariants.retain(|invariant| !invariants::asks_model(invariant));
    }
    if invariants.is_empty() {
        return Err(Problem::new("only what the model says is to be judged, and the model is off")
            .hint("leave --model out, or name other invariants"));
    }
    Ok(invariants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_invariants_are_selected() {
        let ids = |asked: &[&str]| -> Result<Vec<&str>, Problem> {
            let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
            Ok(select(Some(&asked), &[])?.into_iter().map(|invariant| invariant.id).collect())
        };
        assert_eq!(ids(&["AUT-01", "MAG-02"]).unwrap(), ["MAG-02", "AUT-01"]);
        assert!(ids(&["MAG"]).unwrap().len() > 3);
        assert!(ids(&["MAG-99"]).unwrap_err().to_string().contains("did you mean MAG-0"));
    }
}
