#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# valgrind.sh OSARC SCAN: one real run reads and frees only what is its own.
command -v valgrind >/dev/null || { echo "SKIP: valgrind is not there"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# threads of OpenMP wait by spinning, which valgrind makes slow
OMP_WAIT_POLICY=passive valgrind --quiet --error-exitcode=9 --leak-check=full \
    --errors-for-leak-kinds=definite --show-leak-kinds=definite \
    --suppressions="$here/valgrind.supp" --log-file="$work/log" \
    "$1" run "$2" -o "$work/out" --threads 2 >"$work/answer" 2>&1
code=$?
[ "$code" = 0 ] || { echo "ended with $code"; cat "$work/answer"; head -n 200 "$work/log"; exit 1; }
[ -s "$work/out/findings.csv" ] || { echo "no findings were written"; exit 1; }
echo "clean"
