#!/bin/bash
# Runs slashproof, and tells the steps that follow how it ended. It does not fail itself: what was found is handed over
# first.
set -uo pipefail

# An option for an input, if the input says anything.
options=()
option() {
    if [ -n "$2" ]; then options+=("$1" "$2"); fi
}

case "$COMMAND" in
    gate)
        option --baseline "$BASELINE"
        option --baseline-release "$BASELINE_RELEASE"
        option --git "$REVISION"
        option --candidate "$CANDIDATE"
        option --candidate-release "$CANDIDATE_RELEASE"
        option --expect "$EXPECT"
        ;;
    run)
        option --artifacts "$ARTIFACTS"
        option --config "$CONFIG"
        option --corpus-dir "$CORPUS"
        ;;
    *)
        echo "::error::command is gate or run, not $COMMAND"
        exit 2
        ;;
esac
option --runs "$RUNS"
option --seed "$SEED"
option --timeout "$TIMEOUT"

mkdir -p "$OUT"
# Whoever wrote the workflow wrote these as on a command line.
read -r -a more <<< "$ARGUMENTS"
slashproof "$COMMAND" "${options[@]}" ${more[@]+"${more[@]}"} --out "$OUT" --format junit,sarif,markdown 2> >(tee "$OUT/problem.txt" >&2)
code=$?

case "$code" in
    0) verdict=pass ;;
    1) verdict=fail ;;
    3) verdict=inconclusive ;;
    *) verdict=broken ;;
esac
# Without a report there is a problem, and it is the report.
if [ "$verdict" = broken ]; then
    printf '**slashproof %s could not run**\n\n```\n%s\n```\n' "$COMMAND" "$(grep -A 1 '^error' "$OUT/problem.txt")" > "$OUT/report.md"
fi
{
    echo "exit-code=$code"
    echo "verdict=$verdict"
    if [ "$verdict" != broken ]; then echo "sarif=$OUT/report.sarif"; fi
} >> "$GITHUB_OUTPUT"
cat "$OUT/report.md" >> "$GITHUB_STEP_SUMMARY"
