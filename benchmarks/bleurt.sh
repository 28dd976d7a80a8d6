#!/bin/sh
# BLEURT as a scorer: reads source, output and reference between tabs, writes a score per line.
# Runs in an environment with https://github.com/google-research/bleurt, whose `python` must be the first one.
#   corpus-builder evaluate … --metric bleurt='cmd:CHECKPOINT=BLEURT-20 benchmarks/bleurt.sh'
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/lines"
cut -f 2 "$folder/lines" > "$folder/candidates"
cut -f 3 "$folder/lines" > "$folder/references"
python -m bleurt.score_files -candidate_file="$folder/candidates" -reference_file="$folder/references" \
    -bleurt_checkpoint="${CHECKPOINT:?a folder}" -scores_file="$folder/scores" >&2
cat "$folder/scores"
