#!/usr/bin/env bash
# How many calls a second slashproof plays and judges, and forge with the same handler and the same invariants written
# in Solidity (contracts/bench), each on one thread.
#
#   benches/throughput.sh          from the root of the repository; takes about five minutes
#
# Each mode is measured for THROUGHPUT_SECONDS (12), THROUGHPUT_ROUNDS (3) times, the modes alternating so that a machine
# that slows down slows all of them. What counts is CPU time, less that of a start without work. Wants node and the
# packages of contracts (make npm). Writes target/bench/throughput.csv.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C

rounds=${THROUGHPUT_ROUNDS:-3}
seconds=${THROUGHPUT_SECONDS:-12}
seed=${THROUGHPUT_SEED:-1}
depth=100

modes=(
    "slashproof"          # coverage-guided, every invariant after every call
    "forge"               # as it comes: every invariant after every call
    "forge-lean"          # the same with a dictionary of 10,000 values: the handler hashes what forge draws
    "forge-interval"      # invariants after every tenth call
    "forge-guided"        # coverage-guided, every invariant after every call
    "forge-handler"       # no invariants at all
)

root=$PWD
out=$root/target/bench
csv=$out/throughput.csv

fail() {
    echo "error: $*" >&2
    exit 2
}

[ -f contracts/foundry.toml ] || fail "run this from the root of the repository"
# The binary itself: the wrapper npm installs hides exit codes.
forge=
for candidate in contracts/node_modules/@foundry-rs/forge-*/bin/forge; do
    [ -x "$candidate" ] && forge=$root/$candidate
done
[ -n "$forge" ] || fail "there is no forge; run make npm"

mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Its own folders: neither is what forge finds stale for others, nor does a failure from before play first.
export FOUNDRY_TEST=bench
export FOUNDRY_OUT=$out/forge-out
export FOUNDRY_CACHE_PATH=$out/forge-cache
export FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR=$work/failures
export FOUNDRY_INVARIANT_FAIL_ON_REVERT=false

# CPU seconds of a command, user and system; its output goes to $work/log.
cpu_seconds() {
    local TIMEFORMAT='%U %S'
    { time "$@" > "$work/log" 2>&1; } 2> "$work/time" || { cat "$work/log" >&2; fail "failed: $*"; }
    awk 'END { print $1 + $2 }' "$work/time"
}

# forge_test CONTRACT RUNS DEPTH SEED
forge_test() {
    rm -rf "$work/failures" "$work/corpus"
    (
        cd contracts
        FOUNDRY_INVARIANT_RUNS=$2 FOUNDRY_INVARIANT_DEPTH=$3 \
            "$forge" test -j 1 --match-contract "^$1\$" --fuzz-seed "$4"
    )
}

# The invariants that forge judges and the actions that its handler has, which has no counterpart to everything here: a
# function for each action, stakerDeposit for staker.deposit, and one for all probes.
invariants=$(grep -rhoE '[A-Z]{3}-[0-9]{2}' contracts/bench | sort -u | paste -sd,)
probes=(
    stranger.slash avs.slash_out_of_reach avs.slash_wrong_proportion stranger.modify_allocations
    operator.allocate_too_much operator.allocate_while_pending operator.join_again avs.create_set_again
    avs.redistribute_to_nobody staker.deposit_badly staker.delegate_badly operator.undelegate_self
    staker.queue_too_much staker.complete_early stranger.complete_withdrawal stranger.call_plumbing
    stranger.administer stranger.initialize stranger.upgrade stranger.share_rights
)
actions=$(
    {
        sed -nE 's/^ *function ([a-z]+[A-Z][A-Za-z0-9]*)\(uint256 seed\) external.*/\1/p' contracts/bench/*.sol |
            sed -E 's/([A-Z])/_\L\1/g; s/_/./'
        printf '%s\n' "${probes[@]}"
    } | paste -sd,
)

slashproof_run() {
    rm -rf "$work/slashproof"
    # A short campaign exercises too little to conclude anything, which has an exit code of its own.
    target/release/slashproof run --workers 1 --runs "$1" --depth "$2" --seed "$3" --model off \
        --invariants "$invariants" --actions "$actions" --out "$work/slashproof" ||
        [ $? -eq 3 ]
}

# play MODE RUNS DEPTH SEED
play() {
    case $1 in
    slashproof) slashproof_run "$2" "$3" "$4" ;;
    forge) forge_test ThroughputTest "$2" "$3" "$4" ;;
    forge-lean) FOUNDRY_INVARIANT_MAX_FUZZ_DICTIONARY_VALUES=10000 forge_test ThroughputTest "$2" "$3" "$4" ;;
    forge-interval) FOUNDRY_INVARIANT_CHECK_INTERVAL=10 forge_test ThroughputTest "$2" "$3" "$4" ;;
    forge-guided) FOUNDRY_INVARIANT_CORPUS_DIR=$work/corpus forge_test ThroughputTest "$2" "$3" "$4" ;;
    forge-handler) forge_test HandlerTest "$2" "$3" "$4" ;;
    esac
}

# Calls that the last run played.
calls_played() {
    case $1 in
    slashproof) sed -n 's/^  "calls": \([0-9]*\),$/\1/p' "$work/slashproof/report.json" ;;
    *) sed -n 's/.*(runs: [0-9]*, calls: \([0-9]*\), reverts: .*/\1/p' "$work/log" | tail -n 1 ;;
    esac
}

# measure MODE RUNS SEED: prints calls and CPU seconds, less those of a start.
measure() {
    local start total calls
    start=$(cpu_seconds play "$1" 1 1 "$3")
    total=$(cpu_seconds play "$1" "$2" "$depth" "$3")
    calls=$(calls_played "$1")
    [ -n "$calls" ] || fail "$1 did not say how many calls it played"
    awk -v calls="$calls" -v total="$total" -v start="$start" \
        'BEGIN { cpu = total - start; if (cpu <= 0) cpu = 0.01; printf "%d %.2f\n", calls, cpu }'
}

# The share of forge's calls that find nothing to do and return early. Slashproof draws again instead.
idle_share() {
    play_idle() { forge_test IdleTest 100 "$depth" "$seed"; }
    cpu_seconds play_idle > "$work/ignored"
    local all
    all=$(sed -n 's/.*calls: \([0-9]*\), reverts: \([0-9]*\)).*/\1 \2/p' "$work/log" | tail -n 1)
    # Those that revert for another reason do so without it too.
    play_plain() { forge_test HandlerTest 100 "$depth" "$seed"; }
    cpu_seconds play_plain > "$work/ignored"
    local plain
    plain=$(sed -n 's/.*calls: \([0-9]*\), reverts: \([0-9]*\)).*/\1 \2/p' "$work/log" | tail -n 1)
    echo "$all $plain" | awk '{ printf "%.4f", $2 / $1 - $4 / $3 }'
}

echo "building"
cargo build --release --quiet --bin slashproof
(cd contracts && "$forge" build --quiet)

idle=$(idle_share)
echo "round,mode,calls,cpu_seconds,calls_per_cpu_second" > "$csv"

declare -A runs
for mode in "${modes[@]}"; do
    # As many runs as take the time that is wanted, from a first few; the first of slashproof's would be over at once.
    case $mode in slashproof) first=500 ;; *) first=10 ;; esac
    measured=$(measure "$mode" "$first" "$seed")
    read -r calls cpu <<< "$measured"
    runs[$mode]=$(awk -v runs="$first" -v cpu="$cpu" -v want="$seconds" \
        'BEGIN { n = int(runs * want / cpu); print n < 1 ? 1 : n }')
done

for ((round = 1; round <= rounds; round++)); do
    for mode in "${modes[@]}"; do
        measured=$(measure "$mode" "${runs[$mode]}" $((seed + round)))
        read -r calls cpu <<< "$measured"
        awk -v round="$round" -v mode="$mode" -v calls="$calls" -v cpu="$cpu" \
            'BEGIN { printf "%d,%s,%d,%.2f,%.1f\n", round, mode, calls, cpu, calls / cpu }' | tee -a "$csv"
    done
done

# The median of each mode; rates of forge also without the calls that did nothing.
echo
awk -F, -v modes="${modes[*]}" -v idle="$idle" '
    NR > 1 { calls[$2] += $3; cpu[$2] += $4; rates[$2] = rates[$2] " " $5 }
    function median(list,    n, i, j, a, t) {
        n = split(list, a, " ")
        for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
        return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
    }
    END {
        count = split(modes, order, " ")
        ours = median(rates["slashproof"])
        printf "%-16s %10s %8s %12s %8s %18s %8s\n", \
            "mode", "calls", "CPU s", "calls/CPU s", "ratio", "that did anything", "ratio"
        for (i = 1; i <= count; i++) {
            mode = order[i]
            rate = median(rates[mode])
            useful = mode == "slashproof" ? rate : rate * (1 - idle)
            printf "%-16s %10d %8.1f %12.0f %7.1fx %18.0f %7.1fx\n", \
                mode, calls[mode], cpu[mode], rate, ours / rate, useful, ours / useful
        }
        printf "\n%.0f %% of forge'\''s calls found nothing to do; slashproof draws again instead.\n", 100 * idle
    }' "$csv"
echo "$csv"
