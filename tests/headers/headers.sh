#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# headers.sh FOLDER...: each public header stands alone, as C11 and as C++17, without a warning.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=
for folder; do flags="$flags -I$folder"; done
faults=0
count=0
for folder; do
    for header in "$folder"/osarc/*.h; do
        count=$((count + 1))
        printf '#include <osarc/%s>\n#include <osarc/%s>\nextern int alone;\n' "$(basename "$header")" \
            "$(basename "$header")" >"$work/alone.c"
        cp "$work/alone.c" "$work/alone.cpp"
        # shellcheck disable=SC2086
        ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only $flags "$work/alone.c" ||
            { echo "$header: not clean as C11"; faults=1; }
        # shellcheck disable=SC2086
        ${CXX:-c++} -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only $flags \
            "$work/alone.cpp" || { echo "$header: not clean as C++17"; faults=1; }
    done
done
echo "$count headers compiled alone"
[ "$count" -gt 0 ] && [ "$faults" = 0 ]
