#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# includes.sh SOURCE BUILD: with a room's own include folders, the compiler finds the floor and
# does not find a sibling's header.
source=$1
commands=$2/compile_commands.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0
tried=0

# folders ROOM_FOLDER: the -I and -isystem flags its first C file is compiled with
folders() {
    grep -E "\"command\":.* -c $source/$1/[^/ ]*\.c\"?,?$" "$commands" | head -n 1 |
        grep -oE -- '(-I|-isystem )[^ ]+' | grep -E -- "-I" | tr '\n' ' '
}

# header ROOM: a public header that only this room has
header() {
    for file in "$source/$1"/include/osarc/*.h; do
        [ -f "$file" ] && { basename "$file"; return; }
    done
}

finds() { # FLAGS HEADER
    printf '#include <%s>\n' "$2" >"$work/try.c"
    # shellcheck disable=SC2086
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -fsyntax-only $1 "$work/try.c" 2>"$work/log"
}

rooms="dicom calibration segmentation pipeline/phantom pipeline/measure pipeline/classify
pipeline/report pipeline/validate pipeline/run"
for room in pipeline/base $rooms pipeline/cli; do
    flags=$(folders "$room")
    [ -n "$flags" ] || continue
    finds "$flags" osarc/base.h || { echo "$room cannot include the floor: $(cat "$work/log")"; faults=1; }
    case $room in
    pipeline/cli) forbidden="osi/alloc.h osi/text.h" ;;
    pipeline/run) forbidden="osarc/validate.h" ;;
    *)
        forbidden=
        for other in $rooms; do
            [ "$other" = "$room" ] || [ -z "$(header "$other")" ] ||
                forbidden="$forbidden osarc/$(header "$other")"
        done
        ;;
    esac
    for name in $forbidden; do
        tried=$((tried + 1))
        if finds "$flags" "$name"; then
            echo "$room can include <$name>, which is not below it"
            faults=1
        fi
    done
done
echo "$tried forbidden includes tried"
[ "$tried" -gt 0 ] && [ "$faults" = 0 ]
