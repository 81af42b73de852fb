#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shape of the tree: names at the top, sizes, licence lines, words that are out of place.
here=$(cd "$(dirname "$0")" && pwd)
cd "$1" || exit 1
. "$here/files.sh"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
files | while read -r file; do [ -f "$file" ] && echo "$file"; done >"$list"

# top level
for name in $(sed 's,/.*,,' "$list" | sort -u); do
    case $name in
    CMakeLists.txt | CMakePresets.json | README.md | LICENSE | CHANGELOG.md | dev) ;;
    pipeline | segmentation | dicom | calibration | tests | sample_scans | docs | .*) ;;
    *) fault "$name: no such entry is foreseen at the top level" ;;
    esac
done

while read -r file; do
    size=$(($(wc -c <"$file")))
    [ "$size" -le 200000 ] || fault "$file: $size bytes, at most 200000"
    case $file in
    *.c | *.h | *.cpp | *.hpp)
        lines=$(($(wc -l <"$file")))
        [ "$lines" -le 450 ] || fault "$file: $lines lines, at most 450"
        ;;
    esac
    case $file in
    *.c | *.h | *.cpp | *.hpp | *.sh | dev | .ci/run)
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
            fault "$file: no SPDX line on top"
        ;;
    esac
done <"$list"

# the tree speaks to its users of the product, and of nothing on anybody's machine
words='/[w]ork/|/home/[a-z]|STYLE\.md|CONTRACT\.md|CLINICAL\.md|PEERS\.md|BRIEF\.md|[t]his session'
grep -v '^tests/rules/' "$list" | tr '\n' '\0' | xargs -0 grep -nIE "$words" >"$list.hits"
while read -r hit; do fault "$hit"; done <"$list.hits"
# real scans lie outside the tree; only the tests and what drives them know where
grep -vE '^(tests/|dev$|\.ci/|docs/validation\.md$)' "$list" | tr '\n' '\0' |
    xargs -0 grep -nIF '../shared' >"$list.hits"
while read -r hit; do fault "$hit"; done <"$list.hits"
rm -f "$list.hits"
finish
