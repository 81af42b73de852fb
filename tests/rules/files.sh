# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the rules: `files` lists what belongs to the project, `fault` counts a breach.

# tracked or about to be; without git everything but build folders
files() {
    git ls-files --cached --others --exclude-standard 2>/dev/null ||
        find . \( -path ./build -o -path ./out -o -path ./.git \) -prune -o -type f -print |
        sed 's,^\./,,'
}

sources() {
    files | grep -E '\.(c|h|cpp|hpp)$' | while read -r file; do [ -f "$file" ] && echo "$file"; done
}

faults=0
fault() {
    echo "$*"
    faults=$((faults + 1))
}

finish() {
    [ "$faults" = 0 ] || { echo "$faults breaches"; exit 1; }
    exit 0
}
