#!/bin/sh
# Apertium's Ukrainian-Russian translator, lines in, lines out: a real system for `corpus-builder evaluate`, as
#   --system apertium=cmd:benchmarks/apertium_uk_ru.sh
# With "rus-ukr" as its argument it translates the other way (benchmarks/quality/machine.py).
# Needs Debian's packages: apt-get install apertium apertium-rus-ukr cg3 apertium-lex-tools
#
# The packaged mode (apertium ukr-rus) yields nothing, because its tagger drops every word; here the constraint grammar
# picks one reading of each word itself (-1) and the tagger is left out. Words that are unknown stay as they are,
# without Apertium's mark (lt-proc -n). apertium-destxt ends every line as a sentence, so no line depends on another.
set -eu
way=${1:-ukr-rus}
data=${APERTIUM_RUS_UKR:-/usr/share/apertium/apertium-rus-ukr}
for program in apertium-destxt lt-proc cg-proc lrx-proc; do
  command -v "$program" > /dev/null || { echo "$program is not installed: see the first lines of $0" >&2; exit 127; }
done
[ -f "$data/$way.automorf.bin" ] || { echo "$data has no $way.automorf.bin" >&2; exit 1; }

apertium-destxt |
  lt-proc -w "$data/$way.automorf.bin" |
  cg-proc -w -1 -n "$data/$way.rlx.bin" |
  apertium-pretransfer |
  lt-proc -b "$data/$way.autobil.bin" |
  lrx-proc -m "$data/$way.autolex.bin" |
  apertium-transfer -b "$data/apertium-rus-ukr.$way.t1x" "$data/$way.t1x.bin" |
  apertium-interchunk "$data/apertium-rus-ukr.$way.t2x" "$data/$way.t2x.bin" |
  apertium-postchunk "$data/apertium-rus-ukr.$way.t3x" "$data/$way.t3x.bin" |
  lt-proc -n "$data/$way.autogen.bin" |
  lt-proc -p "$data/$way.autopgen.bin" |
  apertium-retxt
