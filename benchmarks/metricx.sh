#!/bin/sh
# MetricX-24 as a scorer: reads source, output and reference between tabs, writes an error score per line, 0 to 25.
# Runs in an environment with https://github.com/google-research/metricx, whose `python` must be the first one.
#   corpus-builder evaluate … --metric metricx=cmd:benchmarks/metricx.sh --lower-is-better metricx
# MODEL=google/metricx-24-hybrid-xl-v2p6 and others.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python -c '
import json, sys
for line in sys.stdin.buffer:
    source, output, reference = line.decode().rstrip("\n").split("\t")[:3]
    print(json.dumps({"source": source, "hypothesis": output, "reference": reference}))
' > "$folder/in.jsonl"
python -m metricx24.predict --tokenizer google/mt5-xl --max_input_length 1536 --batch_size 1 \
    --model_name_or_path "${MODEL:-google/metricx-24-hybrid-large-v2p6}" \
    --input_file "$folder/in.jsonl" --output_file "$folder/out.jsonl" >&2
python -c '
import json, sys
for line in open(sys.argv[1], "rb"):
    print(json.loads(line)["prediction"])
' "$folder/out.jsonl"
