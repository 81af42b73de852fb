#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Calls that may not stand in the rooms. A line that must have one ends in /* banned-ok */.
here=$(cd "$(dirname "$0")" && pwd)
cd "$1" || exit 1
. "$here/files.sh"

rooms() {
    sources | grep -E '^(pipeline|dicom|calibration|segmentation)/'
}

# refuse PATTERN INSTEAD [EXCEPT]: PATTERN is what stands before the bracket
refuse() {
    hits=$(rooms | grep -vE "${3:-^$}" | tr '\n' '\0' |
        xargs -0 grep -nE "(^|[^A-Za-z0-9_.>])($1)[[:space:]]*\(" |
        grep -v 'banned-ok' | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)')
    [ -z "$hits" ] || fault "$hits
    use instead: $2"
}

refuse 'atoi|atol|atoll|atof|strto[df]|strtold|v?f?sscanf|scanf' \
    'osi_number_read'
refuse 'strcpy|strncpy|strcat|strncat|stpcpy|v?sprintf|gets' 'osi_text_add, osi_text_copy, snprintf'
refuse 'strtok|strtok_r' 'strcspn and strspn'
refuse 'malloc|calloc|realloc|reallocarray|alloca|free|strdup|strndup|v?asprintf' \
    'osi_alloc, osi_strdup, osi_free' '^pipeline/cli/'
refuse 'fopen|fdopen|freopen|tmpnam|tempnam|mktemp' 'osi_file_read, osi_file_write' '^pipeline/base/'
refuse 'exit|_exit|abort|quick_exit|system|popen' 'a status' '^pipeline/cli/'
refuse 'printf|puts|putchar|perror|vprintf' 'a note in the result' '^pipeline/cli/'
refuse 'rand|srand|random|time|gettimeofday|setlocale' 'a seed in the options' \
    '^pipeline/(run|cli)/'

# climbing out of a room
hits=$(sources | tr '\n' '\0' | xargs -0 grep -nE '#[[:space:]]*include[[:space:]]*"\.\./')
[ -z "$hits" ] || fault "$hits
    use instead: <osarc/...>, and the room in USES"
hits=$(rooms | tr '\n' '\0' | xargs -0 grep -nE 'using[[:space:]]+namespace')
[ -z "$hits" ] || fault "$hits"
finish
