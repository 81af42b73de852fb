/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every allocation of looking and reading fails in turn: the call says so, and leaves nothing. */
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osi/alloc.h>

#include "make_dicom.h"

#define TURNS_MAX 5000

static const char *folder;
static dicom_bytes b;

static void setup(void)
{
    folder = make_folder();
}

static void teardown(void)
{
    remove_folder(folder);
}

TestSuite(dicom_memory, .init = setup, .fini = teardown);

static osarc_status look_and_read(osarc_error *err)
{
    osarc_read_options options = {.threads = 1};
    osarc_catalogue *catalogue = NULL;
    osarc_status status = osarc_catalogue_read(&catalogue, &folder, 1, &options, err);
    cr_assert(status == OSARC_OK || catalogue == NULL);
    for (size_t i = 0; !status && i < osarc_catalogue_series_count(catalogue); i++) {
        osarc_scan *scan = NULL;
        if (osarc_catalogue_series(catalogue, i)->decision == OSARC_DECISION_USABLE)
            status = osarc_scan_read(&scan, catalogue, i, &options, err);
        osarc_scan_free(scan);
    }
    if (!status)
        status = osarc_catalogue_digest(catalogue, &options, err);
    osarc_catalogue_free(catalogue);
    return status;
}

static void fail_in_turn(void)
{
    for (long turn = 1; turn < TURNS_MAX; turn++) {
        osarc_error err = OSARC_ERROR_INIT;
        osi_alloc_fail_at(turn);
        osarc_status status = look_and_read(&err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        if (asked < turn) {
            cr_expect(status == OSARC_OK, "%s", err.text);
            return;
        }
        cr_assert(status == OSARC_ERR_MEMORY, "allocation %ld: %s", turn, err.text);
        cr_assert(err.text[0] != '\0');
    }
    cr_fail("no end of allocations");
}

Test(dicom_memory, says_so_at_every_allocation_of_a_mixed_folder)
{
    for (int k = 0; k < 3; k++) {
        char name[16];
        snprintf(name, sizeof(name), "s%d", k);
        ct_slice slice = {.z_mm = 2 * k, .base = (uint16_t) (1000 + k)};
        save_ct(folder, name, &slice);
        snprintf(name, sizeof(name), "copy%d", k);
        save_ct(folder, name, &slice);
    }
    save(folder, "readme.txt", "hello", 5);
    fail_in_turn();
}

Test(dicom_memory, says_so_at_every_allocation_of_an_enhanced_file)
{
    static const int PLACES[] = {2, 0, 1};
    make_enhanced(&b, PLACES, 3, 1000);
    save(folder, "enhanced", b.data, b.size);
    fail_in_turn();
}

Test(dicom_memory, says_so_at_every_allocation_of_compressed_and_tilted_slices)
{
    for (int k = 0; k < 3; k++) {
        char name[16];
        snprintf(name, sizeof(name), "r%d", k);
        make_rle(&b, &(ct_slice){.z_mm = 0.5 * k,
                                 .thickness = "0.5",
                                 .orientation = "1\\0\\0\\0\\0.86602540378\\-0.5"});
        save(folder, name, b.data, b.size);
    }
    fail_in_turn();
}
