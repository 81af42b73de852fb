#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bench.sh OSARC [FOLDER]: `osarc run` beside `dcm2niix -z n` on one DICOM series, by turns, so
# that both see the same machine. dcm2niix only reads and writes the volume; it is the yardstick.
set -e
osarc=$(realpath "$1")
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")" && pwd)

scan=${2:-$here/../../../shared/data/ct_abdomen_pelvis}
if [ ! -d "$scan" ]; then
    echo "no scan at $scan: a phantom stands in"
    scan=$work/phantom
    "$osarc" phantom abdomen -o "$scan" --seed 1
fi

# timed NAME COMMAND...: one line "seconds kilobytes" into $work/NAME
timed() {
    name=$1
    shift
    rm -rf "$work/out"
    mkdir "$work/out"
    /usr/bin/time -f '%e %M' -a -o "$work/$name" "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}
run_osarc() { timed osarc "$osarc" run "$scan" -o "$work/out/osarc"; }
run_dcm2niix() { timed dcm2niix dcm2niix -z n -o "$work/out" "$scan"; }

# once each unseen: files into the page cache
run_osarc
run_dcm2niix
rm "$work/osarc" "$work/dcm2niix"
turn=0
while [ "$turn" -lt "$runs" ]; do
    run_dcm2niix
    run_osarc
    turn=$((turn + 1))
done

median() { sort -n | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }
echo "$(find "$scan" -type f | wc -l) files, $(nproc) cores, $runs runs each, by turns"
printf '%-24s %9s %9s %9s %9s\n' '' 'median s' 'min s' 'max s' 'peak MiB'
for name in dcm2niix osarc; do
    printf '%-24s %9.2f %9.2f %9.2f %9.0f\n' "$name" "$(cut -d' ' -f1 "$work/$name" | median)" \
        "$(sort -n "$work/$name" | head -n 1 | cut -d' ' -f1)" \
        "$(sort -n "$work/$name" | tail -n 1 | cut -d' ' -f1)" \
        "$(cut -d' ' -f2 "$work/$name" | sort -n | tail -n 1 | awk '{print $1 / 1024}')"
done
awk -v a="$(cut -d' ' -f1 "$work/osarc" | median)" -v b="$(cut -d' ' -f1 "$work/dcm2niix" | median)" \
    'BEGIN {printf "osarc / dcm2niix: %.2f\n", a / b}'

# the bound on memory: three volumes of 16 bit, and 64 MiB
first=$(find "$scan" -type f | sort | head -n 1)
size() { dcmdump -q +P "$1" "$first" | sed 's/.* US \([0-9]*\).*/\1/' | head -n 1; }
awk -v n="$(find "$scan" -type f | wc -l)" -v r="$(size Rows)" -v c="$(size Columns)" \
    'BEGIN {printf "3 volumes of 16 bit + 64 MiB: %.0f MiB\n", 3 * n * r * c * 2 / 1048576 + 64}'

rm -rf "$work/out"
"$osarc" run "$scan" -o "$work/out" >/dev/null
echo "where the time of one run goes (run.json):"
sed -n '/"seconds": {/,/}/p' "$work/out/run.json" | grep -E '": [0-9]'

# a whole body seen by a densitometer at two energies
"$osarc" phantom dxa-wedge --photons 1e7 -o "$work/wedge" >/dev/null
"$osarc" calibrate "$work/wedge" --wedge al-pmma -o "$work/wedge.json" >/dev/null
"$osarc" phantom dxa-body --photons 1e6 --shift 0.4,0.3 -o "$work/body" >/dev/null
turn=0
while [ "$turn" -lt "$runs" ]; do
    timed pair "$osarc" run "$work/body" -o "$work/out/body" --dxa-calibration "$work/wedge.json"
    turn=$((turn + 1))
done
printf 'whole-body pair: median %.2f s\n' "$(cut -d' ' -f1 "$work/pair" | median)"
