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

# ten thousand made patients, 25 columns, a tenth of the cells empty, all definitions
awk 'BEGIN {
    srand(1)
    split("age_years 50 90 height_m 1.45 1.9 weight_kg 40 110 grip_kg 8 50 gait_speed_m_s 0.3 1.6 " \
          "chair_stand_5x_s 7 25 tug_s 6 25 walk_400m_s 240 700 walk_6min_m 150 600 alm_kg 10 30 " \
          "t_lumbar -4 2 t_femoral_neck -4 2 t_total_hip -4 2 z_lumbar -3 3 z_femoral_neck -3 3 " \
          "z_total_hip -3 3 vbmd_lumbar_mg_cm3 40 180 vitamin_d_25oh_nmol_l 10 120 calcium_mmol_l 2 2.7", r, " ")
    printf "patient_id,sex,menopausal,alm_method,vbmd_basis,gait_distance_m"
    for (c = 1; c in r; c += 3) printf ",%s", r[c]
    print ""
    for (n = 1; n <= 10000; n++) {
        f = rand() < 0.5
        printf "P%d,%s,%s,%s,K2HPO4,%d", n, f ? "F" : "M", f ? "post" : "", rand() < 0.8 ? "dxa" : "bia", rand() < 0.5 ? 4 : 6
        for (c = 1; c in r; c += 3)
            if (rand() < 0.1) printf ","
            else printf ",%.2f", r[c + 1] + rand() * (r[c + 2] - r[c + 1])
        print ""
    }
}' >"$work/cohort.csv"
turn=0
while [ "$turn" -lt "$runs" ]; do
    timed cohort "$osarc" classify "$work/cohort.csv" -o "$work/out/classes.csv"
    turn=$((turn + 1))
done
printf 'classify, 10 000 patients: median %.2f s, least %.2f s\n' "$(cut -d' ' -f1 "$work/cohort" | median)" \
    "$(sort -n "$work/cohort" | head -n 1 | cut -d' ' -f1)"
