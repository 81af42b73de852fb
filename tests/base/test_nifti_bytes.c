/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that can hold labels only, told by their header. */
#include <expect.h>
#include <osi/nifti.h>

#include "nifti_bytes.h"

Test(base_nifti_bytes, knows_bytes_without_a_scale_from_the_header)
{
    nifti_file file;
    start_file(&file, 0, NIFTI_U8, 8);
    cr_expect(eq(int, osi_nifti_is_bytes(file.bytes, 352), 1)); /* slope 0: no scale */
    put_float(&file, AT_SLOPE, 1);
    cr_expect(eq(int, osi_nifti_is_bytes(file.bytes, 352), 1));
    put_float(&file, AT_INTER, -1000);
    cr_expect(eq(int, osi_nifti_is_bytes(file.bytes, 352), 0));
    start_file(&file, 0, NIFTI_I8, 8);
    cr_expect(eq(int, osi_nifti_is_bytes(file.bytes, 352), 0));
    start_file(&file, 0, NIFTI_I16, 16);
    cr_expect(eq(int, osi_nifti_is_bytes(file.bytes, 352), 0));
    cr_expect(eq(int, osi_nifti_is_bytes(file.bytes, 100), 0));
    cr_expect(eq(int, osi_nifti_is_bytes(NULL, 0), 0));
}
