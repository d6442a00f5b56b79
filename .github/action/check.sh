#!/usr/bin/env bash
# Check PATHS with ARGUMENTS (one a line each): annotations on standard output, SARIF in a file, a table in the summary
# of the job. The status is handed on, so that the findings are uploaded before the job fails.
set -euo pipefail

mapfile -t paths < <(sed '/^[[:space:]]*$/d' <<<"${PATHS:-.}")
mapfile -t arguments < <(sed '/^[[:space:]]*$/d' <<<"${ARGUMENTS:-}")
sarif="$RUNNER_TEMP/lstmlint.sarif"
table="$RUNNER_TEMP/lstmlint.md"

status=0
lstmlint check --format github --output "sarif=$sarif" --output "markdown=$table" "${arguments[@]}" -- "${paths[@]}" ||
    status=$?

if [ -s "$table" ]; then
    cat "$table" >>"$GITHUB_STEP_SUMMARY"
fi
{
    echo "status=$status"
    if [ -s "$sarif" ]; then
        echo "sarif-file=$sarif"
    fi
} >>"$GITHUB_OUTPUT"
