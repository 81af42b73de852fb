/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dual_energy.h>
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

/* What bone and fat would read at a higher energy, about. */
static double at_higher_energy(double hu)
{
    return hu > 60 ? 60 + 0.55 * (hu - 60) : hu < -20 ? -20 + 0.75 * (hu + 20) : hu;
}

/* A copy at another energy, moved near the middle and with noise. */
static osarc_image *make_high(const osarc_image *low, const double mm[3], double noise)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_grid *grid = osarc_image_grid(low);
    osarc_image *high = NULL;
    EXPECT_OK(osarc_image_create(&high, grid, OSARC_UNIT_HU, 1, 0, &err));
    size_t count = 0;
    size_t *near_by = osi_alloc(osarc_grid_count(grid), sizeof(*near_by), &err);
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        const size_t at[3] = {i % grid->size[0], i / grid->size[0] % grid->size[1],
                              i / grid->size[0] / grid->size[1]};
        int is_near = 1;
        for (int a = 0; a < 3; a++)
            is_near &=
                fabs((double) at[a] - 0.5 * (double) grid->size[a]) * grid->spacing_mm[a] < 50;
        if (is_near)
            near_by[count++] = i;
    }
    double *hu = osi_alloc(count, sizeof(*hu), &err);
    osarc_energy_shift back = {{-mm[0], -mm[1], -mm[2]}, 1};
    EXPECT_OK(osarc_energy_pair_resample(hu, low, low, &back, near_by, count, &err));
    uint32_t seed = 1;
    for (size_t i = 0; i < count; i++) {
        double sum = 0; /* of 12 even numbers: normal, SD 1, but for its tails */
        for (int n = 0; n < 12; n++)
            sum += (double) (seed = seed * 1664525u + 1013904223u) / 4294967296.0;
        double value = isnan(hu[i]) ? -1000 : at_higher_energy(hu[i]) + noise * (sum - 6);
        osarc_image_fill(high)[near_by[i]] = (int16_t) lround(value);
    }
    osi_free(hu);
    osi_free(near_by);
    return high;
}

/*
 * A patient's abdomen and its copy. 0.1 of a voxel: what the mean of a region needs. The copy is
 * interpolated, which between slices of 4.25 mm is not quite a shift: 0.15 there.
 */
Test(run_energy_pair, a_moved_copy_of_a_real_scan_is_laid_on_it)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *const paths[] = {OSARC_REAL_DATA "/ct_abdomen_pelvis"};
    if (access(paths[0], R_OK) != 0) {
        printf("no real scan here\n");
        return;
    }
    osarc_catalogue *catalogue = NULL;
    osarc_scan *scan = NULL;
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    EXPECT_OK(osarc_scan_read(&scan, catalogue, 0, NULL, &err));
    const osarc_image *low = osarc_scan_image(scan);
    const double *spacing = osarc_image_grid(low)->spacing_mm;
    const double shifts[][3] = {{0, 0, 0}, {1.3, -0.7, 0.9}, {-2.2, 1.6, -3.1}};
    for (size_t i = 0; i < 3; i++) {
        osarc_image *high = make_high(low, shifts[i], 40);
        osarc_energy_shift shift;
        EXPECT_OK(osarc_energy_pair_shift(&shift, low, high, NULL, &err));
        printf("off by %.3f, %.3f and %.3f voxels at 40 HU of noise, confidence %.2f\n",
               (shift.mm[0] - shifts[i][0]) / spacing[0], (shift.mm[1] - shifts[i][1]) / spacing[1],
               (shift.mm[2] - shifts[i][2]) / spacing[2], shift.confidence);
        for (int a = 0; a < 3; a++)
            cr_expect(
                epsilon_eq(dbl, shift.mm[a], shifts[i][a], (a == 2 ? 0.15 : 0.1) * spacing[a]));
        osarc_image_free(high);
    }
    osarc_scan_free(scan);
    osarc_catalogue_free(catalogue);
}
