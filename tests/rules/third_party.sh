#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A third-party header appears in one place only.
here=$(cd "$(dirname "$0")" && pwd)
cd "$1" || exit 1
. "$here/files.sh"

# only HEADER PLACE: extended regular expressions of the header's name and of the files that may
only() {
    hits=$(sources | grep -E '^(pipeline|dicom|calibration|segmentation)/' | grep -vE "$2" |
        tr '\n' '\0' | xargs -0 grep -nE "#[[:space:]]*include[[:space:]]*<($1)")
    [ -z "$hits" ] || fault "$hits
    belongs to: $2"
}

only 'dcmtk/'                        '^dicom/dcmtk/'
only 'openjpeg'                      '^dicom/dcmtk/'
only 'libxml/'                      '^dicom/hologic_xml\.c$'
only 'itk|vnl'                       '^segmentation/itk/'
only 'png\.h'                        '^pipeline/report/'
only 'fftw3\.h'                      '^pipeline/base/spectrum\.c$'
only 'nifti1|nifti2|znzlib'         '^pipeline/base/nifti_'
only 'zlib\.h'                       '^pipeline/base/osi_gzip'
only 'libdeflate'                    '^pipeline/base/osi_gzip'
only 'openssl/'                      '^pipeline/base/osi_digest'
only 'cairo|pango'                   '^pipeline/(report|validate)/'
only 'jansson\.h'                    '^(pipeline/(report|run|validate|cli)/|pipeline/classify/read_definition\.|calibration/(json_file|rod_models|scale_file)\.)'
only 'csv\.h'                        '^pipeline/(base/reference_file\.c|classify/|report/|validate/|cli/table\.c)'
only 'gsl/'                          '^(calibration|segmentation|pipeline/(measure|validate|phantom))/|^pipeline/classify/sure\.c'
only 'argp\.h|getopt\.h|locale\.h'   '^pipeline/(cli/|base/osi_text\.c)'

# what is in quotes is the room's own: beside the file, or from the room's folder
for file in $(sources | grep -E '^(pipeline|dicom|calibration|segmentation)/'); do
    case $file in
    pipeline/*) room=$(echo "$file" | cut -d/ -f1-2) ;;
    *) room=${file%%/*} ;;
    esac
    for name in $(sed -n 's/^#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
        [ -f "$(dirname "$file")/$name" ] || [ -f "$room/$name" ] ||
            fault "$file: \"$name\" is not the room's own: write <$name>"
    done
done

# C++ lives in two folders, and nothing of it shows in a public header
hits=$(sources | grep -E '\.(cpp|hpp)$' |
    grep -vE '^(dicom/dcmtk/|segmentation/itk/|pipeline/base/osi/guard\.hpp$|tests/)')
[ -z "$hits" ] || fault "$hits: C++ outside dicom/dcmtk and segmentation/itk"
finish
