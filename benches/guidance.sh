#!/usr/bin/env bash
# How many calls it takes to catch planted bugs with guidance, with parts of it and without, on a sample of the mutants.
#
#   benches/guidance.sh            from the root of the repository
#
# The sample is every GUIDANCE_STRIDE-th (16) of `slashproof list mutants`, at GUIDANCE_SEEDS (3) seeds; 1 plays them all,
# which takes hours. Writes target/bench/mutants-MODE.json, from which the summary has the medians. Files that are there
# already are kept.
set -euo pipefail
export LC_ALL=C

stride=${GUIDANCE_STRIDE:-16}
seeds=${GUIDANCE_SEEDS:-3}
out=target/bench

[ -f contracts/foundry.toml ] || {
    echo "error: run this from the root of the repository" >&2
    exit 2
}
mkdir -p "$out"
cargo build --release --quiet --bin slashproof
sample=$(target/release/slashproof list mutants | awk -v stride="$stride" 'NR % stride == 1 || stride == 1 { print "--mutant " $1 }')

for guidance in all comparisons coverage off; do
    file=$out/mutants-$guidance.json
    [ -s "$file" ] && continue
    # What survives is no failure of a measurement: exit code 1.
    # shellcheck disable=SC2086
    target/release/slashproof mutants --own --seeds "$seeds" --guidance "$guidance" --json $sample > "$file.part" || [ $? -eq 1 ]
    mv "$file.part" "$file"
done
