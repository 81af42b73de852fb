#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# patient_data.sh FOLDER: every DICOM file in it names a phantom, and no person.
command -v dcmdump >/dev/null || { echo "SKIP: dcmdump is not there"; exit 77; }
faults=0
count=0
for file in $(find "$1" -type f -name '*.dcm' | sort); do
    count=$((count + 1))
    facts=$(dcmdump -q +P PatientName +P PatientID +P PatientBirthDate +P ReferringPhysicianName \
        +P OperatorsName +P InstitutionName +P PatientAddress +P 0010,1000 \
        +P AccessionNumber +P PatientComments "$file" 2>&1) || { echo "$file: $facts"; faults=1; }
    rest=$(printf '%s\n' "$facts" | grep -v 'no value available' | grep -viE '\[[^]]*PHANTOM[^]]*\]')
    [ -z "$rest" ] || { echo "$file: $rest"; faults=1; }
done
echo "$count DICOM files looked through"
[ "$faults" = 0 ]
