//! CPU time and memory of this process, and what is in the middle.

use std::fs;

/// The kernel counts in these for everybody: `USER_HZ`.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds of this process up to now, user and system, threads that ended included.
pub fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux has it");
    // The name of the command, in parentheses, may have spaces.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |index: usize| after_name.split_whitespace().nth(index).and_then(|ticks| ticks.parse::<f64>().ok());
    let (user, system) = (ticks(11).unwrap_or_default(), ticks(12).unwrap_or_default());
    (user + system) / TICKS_PER_SECOND
}

/// CPU seconds of `work`, and what came of it.
pub fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = cpu_seconds();
    let result = work();
    (cpu_seconds() - begun, result)
}

/// Resident memory of this process, in KiB.
pub fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

/// The one in the middle; of an even number, the mean of two.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}
