/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osarc/hip.h>
#include <osarc/segmentation.h>

/* Real scans as hospitals store them. Places by eye on the pictures, so 4 mm. */

static osarc_error err = OSARC_ERROR_INIT;

typedef struct wanted {
    osarc_side side;
    double head_mm[3];
    double radius_mm;
    int has_neck;
} wanted;

static double off_mm(const double a[3], const double b[3])
{
    return sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
}

static void expect_in(const osarc_scan *scan, const wanted *wanted, size_t count)
{
    osarc_mask *tissue = NULL;
    osarc_hip *hip = NULL;
    EXPECT_OK(osarc_segment_tissues(&tissue, NULL, osarc_scan_image(scan), NULL, NULL, &err));
    EXPECT_OK(osarc_hip_find(&hip, osarc_scan_image(scan), tissue, NULL, NULL, &err));
    cr_assert(eq(sz, osarc_hip_count(hip), count));
    for (size_t n = 0; n < count; n++) {
        const osarc_femur *f = osarc_hip_at(hip, n);
        cr_expect(eq(int, (int) f->side, (int) wanted[n].side));
        cr_expect(eq(str, (char *) f->refused_all, ""));
        cr_expect(lt(dbl, off_mm(f->head_mm, wanted[n].head_mm), 4.0));
        cr_expect(lt(dbl, fabs(f->head_radius_mm - wanted[n].radius_mm), 2.0));
        cr_expect(eq(int, f->refused_neck[0] == '\0', wanted[n].has_neck), "%s", f->refused_neck);
    }
    osarc_hip_free(hip);
    osarc_mask_free(tissue);
}

/* Of the series of a folder, so many are volumes; localizers and the like are not. */
static void expect_femurs(const char *name, size_t volumes, const wanted *wanted, size_t count)
{
    size_t read = 0;
    char path[200];
    const char *const paths[] = {path};
    osarc_catalogue *catalogue = NULL;
    snprintf(path, sizeof(path), "%s/%s", OSARC_REAL_DATA, name);
    if (access(path, R_OK) != 0) {
        printf("skipped: %s is not here\n", name);
        return;
    }
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    for (size_t s = 0; s < osarc_catalogue_series_count(catalogue); s++) {
        osarc_scan *scan = NULL;
        if (osarc_scan_read(&scan, catalogue, s, NULL, &err)) {
            cr_expect(scan == NULL);
            continue;
        }
        read++;
        expect_in(scan, wanted, count);
        osarc_scan_free(scan);
    }
    cr_expect(eq(sz, read, volumes), "%s", name);
    osarc_catalogue_free(catalogue);
}

Test(run_hip_step, both_heads_of_a_pelvis_that_the_view_cuts)
{
    static const wanted PELVIS[] = {{OSARC_SIDE_RIGHT, {-96, 36, -836}, 22, 0},
                                    {OSARC_SIDE_LEFT, {69, 46.5, -837}, 22, 0}};
    expect_femurs("ct_abdomen_pelvis", 1, PELVIS, 2);
}

Test(run_hip_step, a_right_femur_and_not_the_fragment_beside_it)
{
    static const wanted RIGHT[] = {{OSARC_SIDE_RIGHT, {-88, 2, 957}, 23, 1}};
    expect_femurs("ct_femur_a", 1, RIGHT, 1);
}

Test(run_hip_step, a_left_femur_of_a_bent_hip)
{
    static const wanted LEFT[] = {{OSARC_SIDE_LEFT, {58.5, 48, -612}, 22, 1}};
    expect_femurs("ct_femur_b", 1, LEFT, 1);
}

Test(run_hip_step, no_femur_in_thighs)
{
    expect_femurs("ct_thigh_a", 1, NULL, 0);
    expect_femurs("ct_thigh_b", 1, NULL, 0);
}

Test(run_hip_step, no_femur_in_chest_lower_spine_or_head)
{
    expect_femurs("ct_chest_sharp", 1, NULL, 0);
    expect_femurs("ct_j2k_slab", 1, NULL, 0);
    expect_femurs("ct_two_studies", 2, NULL, 0);
    expect_femurs("ct_tilted", 1, NULL, 0);
}
