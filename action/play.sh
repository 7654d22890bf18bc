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
        report=$OUT/gate
        ;;
    run)
        option --artifacts "$ARTIFACTS"
        option --config "$CONFIG"
        option --corpus-dir "$CORPUS"
        option --format junit,sarif,markdown
        report=$OUT/report
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
rm -f "$report.md"
# Whoever wrote the workflow wrote these as on a command line.
read -r -a more <<< "$ARGUMENTS"
slashproof "$COMMAND" "${options[@]}" ${more[@]+"${more[@]}"} --out "$OUT" 2> "$OUT/problem.txt"
code=$?
cat "$OUT/problem.txt" >&2

case "$code" in
    0) verdict=pass ;;
    1) verdict=fail ;;
    3) verdict=inconclusive ;;
    *) verdict=broken ;;
esac
# A problem belongs into the report, and is all of it if there is no other.
if [ "$verdict" = broken ]; then
    printf '**slashproof %s could not run**\n\n```\n%s\n```\n' "$COMMAND" "$(grep -A 1 '^error' "$OUT/problem.txt")" >> "$report.md"
fi
{
    echo "exit-code=$code"
    echo "verdict=$verdict"
    echo "report=$report.md"
    if [ "$verdict" != broken ]; then echo "sarif=$report.sarif"; fi
} >> "$GITHUB_OUTPUT"
cat "$report.md" >> "$GITHUB_STEP_SUMMARY"
