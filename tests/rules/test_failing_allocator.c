/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every allocation of a call fails in turn: the call says so, and leaves nothing behind. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/findings.h>
#include <osarc/mask.h>
#include <osarc/scan.h>
#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/gzip.h>
#include <osi/text.h>

#define TURNS_MAX 100000

static const osarc_grid GRID = {
    .size = {7, 6, 5},
    .spacing_mm = {1, 1, 2},
    .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};

typedef osarc_status (*attempt)(osarc_error *err);

static void fails_cleanly(attempt call)
{
    for (long turn = 1; turn < TURNS_MAX; turn++) {
        osarc_error err = OSARC_ERROR_INIT;
        osi_alloc_fail_at(turn);
        osarc_status status = call(&err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        if (asked < turn) {
            cr_expect(gt(int, (int) turn, 1), "no allocation was asked for");
            cr_expect(eq(int, status, OSARC_OK), "%s", err.text);
            return;
        }
        cr_assert(eq(int, status, OSARC_ERR_MEMORY), "allocation %ld: %s", turn, err.text);
        cr_assert(err.text[0] != '\0');
    }
    cr_fail("no end of allocations");
}

static osarc_status make_image(osarc_error *err)
{
    osarc_image *image = NULL;
    osarc_status status = osarc_image_create(&image, &GRID, OSARC_UNIT_HU, 1, 0, err);
    int made = image != NULL;
    cr_expect(eq(int, made, status == OSARC_OK));
    osarc_image_free(image);
    return status;
}

static osarc_status make_mask(osarc_error *err)
{
    osarc_mask *mask = NULL;
    osarc_status status = osarc_mask_create(&mask, &GRID, err);
    osarc_mask_free(mask);
    return status;
}

static osarc_status make_notes(osarc_error *err)
{
    osarc_notes *notes = NULL;
    osarc_status status = osarc_notes_create(&notes, err);
    for (int i = 0; !status && i < 20; i++)
        status = osarc_notes_add(notes, OSARC_NOTE_INFO, "code", err, "number %d", i);
    osarc_notes_free(notes);
    return status;
}

static osarc_status make_findings(osarc_error *err)
{
    osarc_finding row = {.case_id = "a",
                         .quantity = "sat_volume",
                         .value = 1,
                         .unit = "cm3",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "windows"};
    osarc_findings *findings = NULL;
    osarc_status status = osarc_findings_create(&findings, err);
    for (int i = 0; !status && i < 40; i++)
        status = osarc_findings_add(findings, &row, err);
    osarc_findings_free(findings);
    return status;
}

static osarc_status make_scan(osarc_error *err)
{
    osarc_image *image = NULL;
    osarc_notes *notes = NULL;
    osarc_scan *scan = NULL;
    osarc_acquisition acquisition;
    osarc_acquisition_init(&acquisition);
    osarc_status status = osarc_image_create(&image, &GRID, OSARC_UNIT_HU, 1, 0, err);
    if (!status)
        status = osarc_scan_create(&scan, &image, &acquisition, &notes, err);
    osarc_scan_free(scan);
    osarc_image_free(image);
    osarc_notes_free(notes);
    return status;
}

static osarc_status find_components(osarc_error *err)
{
    uint8_t set[7 * 6 * 5];
    uint32_t out[7 * 6 * 5];
    uint32_t count;
    size_t *sizes = NULL;
    for (size_t i = 0; i < sizeof(set); i++)
        set[i] = i % 3 == 0;
    osarc_status status = osi_components(out, &count, &sizes, set, GRID.size, err);
    osi_free(sizes);
    return status;
}

static osarc_status find_distances(osarc_error *err)
{
    uint8_t set[7 * 6 * 5] = {0};
    float out[7 * 6 * 5];
    set[50] = 1;
    return osi_distance_mm(out, set, GRID.size, GRID.spacing_mm, 1, err);
}

static osarc_status grow_text(osarc_error *err)
{
    osi_text text = {0};
    osarc_status status = OSARC_OK;
    for (int i = 0; !status && i < 500; i++)
        status = osi_text_printf(&text, err, "line %d\n", i);
    osi_free(text.data);
    return status;
}

static osarc_status pack(osarc_error *err)
{
    uint8_t bytes[5000];
    memset(bytes, 7, sizeof(bytes));
    uint8_t *packed = NULL;
    uint8_t *back = NULL;
    size_t packed_size = 0;
    size_t back_size = 0;
    osarc_status status = osi_gzip(&packed, &packed_size, bytes, sizeof(bytes), 1, err);
    if (!status)
        status = osi_gunzip(&back, &back_size, packed, packed_size, sizeof(bytes), err);
    if (!status)
        cr_expect(back_size == sizeof(bytes) && !memcmp(back, bytes, sizeof(bytes)));
    osi_free(packed);
    osi_free(back);
    return status;
}

Test(failing_allocator, an_image_fails_cleanly)
{
    fails_cleanly(make_image);
}

Test(failing_allocator, a_mask_fails_cleanly)
{
    fails_cleanly(make_mask);
}

Test(failing_allocator, notes_fail_cleanly)
{
    fails_cleanly(make_notes);
}

Test(failing_allocator, findings_fail_cleanly)
{
    fails_cleanly(make_findings);
}

Test(failing_allocator, a_scan_fails_cleanly)
{
    fails_cleanly(make_scan);
}

Test(failing_allocator, components_fail_cleanly)
{
    fails_cleanly(find_components);
}

Test(failing_allocator, distances_fail_cleanly)
{
    fails_cleanly(find_distances);
}

Test(failing_allocator, a_growing_text_fails_cleanly)
{
    fails_cleanly(grow_text);
}

Test(failing_allocator, gzip_fails_cleanly)
{
    fails_cleanly(pack);
}

Test(failing_allocator, more_than_the_limit_is_refused_before_it_is_asked_for)
{
    osarc_error err = OSARC_ERROR_INIT;
    cr_expect(eq(ptr, osi_alloc((size_t) -1, 2, &err), NULL));
    cr_expect(eq(int, err.status, OSARC_ERR_MEMORY));
    cr_expect(eq(ptr, osi_alloc_raw(OSI_ALLOC_LIMIT + 1, 1, &err), NULL));
}
