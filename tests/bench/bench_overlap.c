/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_overlap: time of comparing 512 x 512 x 300 voxels with 20 labels. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include <osarc/overlap.h>

#define ORGANS 17

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* An ellipsoid of 2 to 7 cm in each direction, somewhere in the body, moved by shift_mm. */
static void set_organ(osarc_mask *mask, int organ, double shift_mm)
{
    const osarc_grid *g = osarc_mask_grid(mask);
    double centre[3] = {115 + 100.0 * ((organ * 7) % 5) / 4, 140 + 80.0 * ((organ * 5) % 7) / 6,
                        60 + 480.0 * organ / ORGANS};
    double radius[3] = {20 + 10 * (organ % 5), 20 + 8 * (organ % 4), 25 + 9 * (organ % 6)};
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++) {
                double p[3] = {(double) x * g->spacing_mm[0] - shift_mm,
                               (double) y * g->spacing_mm[1],
                               (double) z * g->spacing_mm[2] - shift_mm};
                double r2 = 0;
                for (int c = 0; c < 3; c++)
                    r2 += pow((p[c] - centre[c]) / radius[c], 2);
                if (r2 < 1)
                    osarc_mask_fill(mask)[(z * g->size[1] + y) * g->size[0] + x] =
                        (uint8_t) (organ + 4);
            }
}

/* Three shells that reach through the whole volume, as skin, fat and muscle do. */
static void set_body(osarc_mask *mask, double shift_mm)
{
    const osarc_grid *g = osarc_mask_grid(mask);
    size_t i = 0;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                double u = ((double) x * g->spacing_mm[0] - 179 - shift_mm) / 165;
                double v = ((double) y * g->spacing_mm[1] - 179) / 120;
                double r = sqrt(u * u + v * v) + 0.01 * sin((double) z * 0.1);
                osarc_mask_fill(mask)[i] = r > 1 ? 0 : r > 0.98 ? 1 : r > 0.8 ? 2 : r > 0.6 ? 3 : 0;
            }
}

static osarc_status make(osarc_mask **out, double shift_mm, osarc_error *err)
{
    const osarc_grid grid = {.size = {512, 512, 300},
                             .spacing_mm = {0.7, 0.7, 2},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_status status = osarc_mask_create(out, &grid, err);
    if (status)
        return status;
    set_body(*out, shift_mm);
    for (int organ = 0; organ < ORGANS; organ++)
        set_organ(*out, organ, shift_mm);
    return OSARC_OK;
}

int main(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *reference = NULL;
    osarc_mask *test = NULL;
    osarc_overlap *overlap = NULL;
    if (make(&reference, 0, &err) || make(&test, 3, &err) ||
        osarc_overlap_create(&overlap, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const osarc_mask *layers[2] = {reference, test};
    const osarc_overlap_side r = {.layers = &layers[0], .layer_count = 1};
    const osarc_overlap_side t = {.layers = &layers[1], .layer_count = 1};
    for (int run = 0; run < 5; run++) {
        char name[16];
        snprintf(name, sizeof(name), "run%d", run);
        double start = now_s(CLOCK_MONOTONIC);
        double busy = now_s(CLOCK_PROCESS_CPUTIME_ID);
        if (osarc_overlap_add(overlap, name, &r, &t, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        printf("512 x 512 x 300 voxels, 20 labels: %.2f s, %.2f s of processor\n",
               now_s(CLOCK_MONOTONIC) - start, now_s(CLOCK_PROCESS_CPUTIME_ID) - busy);
    }
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
    return 0;
}
