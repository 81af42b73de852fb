#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# consumer.sh BUILD VERSION: installs to a folder of its own; an outside project finds the library
# by find_package, then by pkg-config, builds and runs.
set -e
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DESTDIR= cmake --install "$1" --prefix "$work/root" >"$work/log" || { cat "$work/log"; exit 1; }
for file in "$here"/../../pipeline/classify/definitions/*.json; do
    cmp "$file" "$work/root/share/osarc/definitions/$(basename "$file")"
done
cmake -S "$here/project" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/root" >"$work/log" &&
    cmake --build "$work/build" >>"$work/log" || { cat "$work/log"; exit 1; }
found=$("$work/build/consumer")
[ "$found" = "$2" ] || { echo "find_package: version '$found', wanted '$2'"; exit 1; }

pc=$(dirname "$(find "$work/root" -name osarc.pc)")
# the file names the prefix it was configured for; the stage is elsewhere
flags=$(PKG_CONFIG_PATH=$pc pkg-config --define-variable=prefix="$work/root" --cflags --libs osarc)
# shellcheck disable=SC2086
${CC:-cc} "$here/project/main.c" -o "$work/consumer" $flags
found=$(LD_LIBRARY_PATH=$(dirname "$pc") "$work/consumer")
[ "$found" = "$2" ] || { echo "pkg-config: version '$found', wanted '$2'"; exit 1; }
echo "found by find_package and by pkg-config: osarc $found"
