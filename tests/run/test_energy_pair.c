/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "energy_pair.h"

#define SLICES 4

static char base[64];

static void make_base(void)
{
    snprintf(base, sizeof(base), "/tmp/osarc_energy_pair_XXXXXX");
    cr_assert(ne(ptr, mkdtemp(base), NULL));
}

static void remove_base(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(base, &err));
}

TestSuite(run_energy_pair, .init = make_base, .fini = remove_base);

/* One series as it is to be found; all-zero where nothing is special. */
typedef struct made {
    const char *name;
    double kvp;
    const char *kernel;
    osarc_contrast contrast;
    double moved_mm;
    int other_patient, other_study, other_frame, same_series;
} made;

/* Another UID of the same length in every slice. */
static void change_uid(const char *folder, uint8_t group, uint8_t element, char digit)
{
    osarc_error err = OSARC_ERROR_INIT;
    const uint8_t tag[6] = {group, 0, element, 0, 'U', 'I'};
    for (int i = 1; i <= SLICES; i++) {
        char path[128];
        uint8_t *bytes = NULL;
        size_t size = 0;
        snprintf(path, sizeof(path), "%s/%04d.dcm", folder, i);
        EXPECT_OK(osi_file_read(&bytes, &size, path, 1000000, &err));
        uint8_t *at = memmem(bytes, size, tag, sizeof(tag));
        cr_assert(ne(ptr, at, NULL));
        at[8 + 10] = (uint8_t) (at[8 + 10] == (uint8_t) digit ? '1' : digit);
        EXPECT_OK(osi_file_write(path, bytes, size, &err));
        osi_free(bytes);
    }
}

static void write_series(const made *m, char digit)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {16, 16, SLICES},
                       .spacing_mm = {2, 2, 5},
                       .origin_mm = {m->moved_mm, 0, 0},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    for (size_t i = 0; i < osarc_grid_count(&grid); i++)
        osarc_image_fill(image)[i] = (int16_t) (i % 97 + (size_t) m->kvp - 100);
    osarc_acquisition a;
    osarc_acquisition_init(&a);
    a.kvp = m->kvp;
    a.contrast = m->contrast;
    snprintf(a.patient_id, sizeof(a.patient_id), m->other_patient ? "OTHER" : "PHANTOM");
    snprintf(a.modality, sizeof(a.modality), "CT");
    snprintf(a.kernel, sizeof(a.kernel), "%s", m->kernel ? m->kernel : "B30f");
    snprintf(a.patient_position, sizeof(a.patient_position), "HFS");
    a.slice_thickness_mm = 5;
    osarc_ct_write_options options = {.acquisition = &a, .uid_seed = "pair"};
    char folder[96];
    snprintf(folder, sizeof(folder), "%s/%s", base, m->name);
    EXPECT_OK(osi_folder_create(folder, &err));
    EXPECT_OK(osarc_ct_write(folder, image, &options, &err));
    osarc_image_free(image);
    change_uid(folder, 0x08, 0x18, digit); /* instances differ */
    if (!m->same_series)
        change_uid(folder, 0x20, 0x0e, digit);
    if (m->other_study)
        change_uid(folder, 0x20, 0x0d, digit);
    if (m->other_frame)
        change_uid(folder, 0x20, 0x52, digit);
}

static osarc_catalogue *read_all(const made *series, size_t count)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    for (size_t i = 0; i < count; i++)
        write_series(&series[i], (char) ('2' + i));
    const char *const paths[] = {base};
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), count));
    return catalogue;
}

static size_t index_of(const osarc_catalogue *catalogue, double kvp, const char *kernel)
{
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_acquisition *a = &osarc_catalogue_series(catalogue, i)->acquisition;
        if (a->kvp == kvp && strcmp(a->kernel, kernel) == 0)
            return i;
    }
    cr_assert(0, "no series at %g kV", kvp);
    return 0;
}

Test(run_energy_pair, finds_the_other_voltage_from_either)
{
    const made series[] = {{.name = "a", .kvp = 80}, {.name = "b", .kvp = 140}};
    osarc_catalogue *catalogue = read_all(series, 2);
    cr_expect(eq(sz, energy_pair_find(catalogue, 0), 1));
    cr_expect(eq(sz, energy_pair_find(catalogue, 1), 0));
    osarc_catalogue_free(catalogue);
}

Test(run_energy_pair, finds_two_voltages_in_one_series)
{
    const made series[] = {{.name = "a", .kvp = 80, .same_series = 1},
                           {.name = "b", .kvp = 140, .same_series = 1}};
    osarc_catalogue *catalogue = read_all(series, 2);
    cr_expect(eq(sz, energy_pair_find(catalogue, 0), 1));
    osarc_catalogue_free(catalogue);
}

Test(run_energy_pair, prefers_the_farthest_voltage_and_then_the_same_kernel)
{
    const made series[] = {{.name = "a", .kvp = 80},
                           {.name = "b", .kvp = 120},
                           {.name = "c", .kvp = 140, .kernel = "B60f"},
                           {.name = "d", .kvp = 140}};
    osarc_catalogue *catalogue = read_all(series, 4);
    cr_expect(eq(sz, energy_pair_find(catalogue, index_of(catalogue, 80, "B30f")),
                 index_of(catalogue, 140, "B30f")));
    cr_expect(eq(sz, energy_pair_find(catalogue, index_of(catalogue, 120, "B30f")),
                 index_of(catalogue, 80, "B30f")));
    osarc_catalogue_free(catalogue);
}

static void expect_none(made other)
{
    const made series[] = {{.name = "a", .kvp = 80}, other};
    osarc_catalogue *catalogue = read_all(series, 2);
    cr_expect(eq(sz, energy_pair_find(catalogue, 0), ENERGY_PAIR_NONE));
    cr_expect(eq(sz, energy_pair_find(catalogue, 1), ENERGY_PAIR_NONE));
    osarc_catalogue_free(catalogue);
}

Test(run_energy_pair, takes_no_voltage_that_is_near)
{
    expect_none((made){.name = "b", .kvp = 100});
}

Test(run_energy_pair, takes_no_voltage_that_is_not_known)
{
    expect_none((made){.name = "b", .kvp = NAN});
}

Test(run_energy_pair, takes_no_other_study)
{
    expect_none((made){.name = "b", .kvp = 140, .other_study = 1});
}

Test(run_energy_pair, takes_no_other_patient)
{
    expect_none((made){.name = "b", .kvp = 140, .other_patient = 1});
}

Test(run_energy_pair, takes_no_other_frame_of_reference)
{
    expect_none((made){.name = "b", .kvp = 140, .other_frame = 1});
}

Test(run_energy_pair, takes_no_other_grid)
{
    expect_none((made){.name = "b", .kvp = 140, .moved_mm = 0.3});
}

Test(run_energy_pair, takes_no_scan_with_contrast)
{
    expect_none((made){.name = "b", .kvp = 140, .contrast = OSARC_CONTRAST_GIVEN});
}

Test(run_energy_pair, knows_no_partner_of_a_series_that_is_not_there)
{
    const made series[] = {{.name = "a", .kvp = 80}, {.name = "b", .kvp = 140}};
    osarc_catalogue *catalogue = read_all(series, 2);
    cr_expect(eq(sz, energy_pair_find(catalogue, 2), ENERGY_PAIR_NONE));
    osarc_catalogue_free(catalogue);
}
