#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# exports.sh LIBRARY HEADER_FOLDER...: the library exports exactly what its public headers declare.
library=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$library" | awk '{print $3}' | sed 's/@.*//' | sort -u >"$work/exported"
for folder; do cat "$folder"/osarc/*.h; done |
    sed 's,//.*,,' | tr '\n' ' ' | sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/, ,g' | tr ';{}' '\n\n\n' |
    grep 'OSARC_API' | grep -o 'osarc_[a-z0-9_]*[[:space:]]*(' | tr -d ' (' | sort -u >"$work/declared"

[ -s "$work/declared" ] || { echo "no OSARC_API function found in: $*"; exit 1; }
comm -23 "$work/exported" "$work/declared" | sed 's/$/: exported, but in no public header/' >"$work/faults"
comm -13 "$work/exported" "$work/declared" | sed 's/$/: in a public header, but not exported/' >>"$work/faults"
cat "$work/faults"
echo "$(wc -l <"$work/declared") functions declared, $(wc -l <"$work/exported") symbols exported"
[ ! -s "$work/faults" ]
