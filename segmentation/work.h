/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_WORK_H
#define SEGMENTATION_WORK_H

/*
 * The work grid: the image in blocks of about 2 mm, head-foot axis last, with a margin of air
 * around each axial plane. Regions are decided here; voxels are then labelled on the full grid.
 */

#include <osarc/image.h>

/* One byte of findings for each work voxel. */
enum {
    WORK_VIEW = 1,    /* inside the field of view */
    WORK_BODY = 2,    /* body, with its cavities */
    WORK_OUTER = 4,   /* on the skin side of the muscle wall */
    WORK_BONE = 8,    /* bone with its interior */
    WORK_MARROW = 16, /* bone's interior, away from its surface */
    WORK_EDGE = 32,   /* within one voxel of the body surface, either side */
    WORK_FALSE = 64,  /* bright, but not bone: contrast, calcification */
    WORK_NEAR = 128   /* within one voxel of bone */
};

typedef struct work {
    size_t full[3];                     /* image sizes, head-foot axis last */
    double full_mm[3];                  /* spacings, same order */
    int axis[3];                        /* which image axis each is */
    size_t factor[3];                   /* image voxels in a work voxel */
    size_t size[3];                     /* work grid, margin included */
    ptrdiff_t shift[2];                 /* work voxel of image block b is b + shift, in plane */
    size_t block_low[2], block_high[2]; /* image blocks that the grid holds, in plane */
    double mm[3];                       /* work spacings */
    size_t count;
    double voxel_cm3;
    int16_t *hu; /* mean of the block, whole HU; AIR_HU outside the view */
    uint8_t *flags;
    int threads;
} work;

/* Fills a zeroed work. The image's head-foot axis must be last already (see canonical.h). */
osarc_status work_create(work *w, const int16_t *stored, const osarc_image *image,
                         const size_t full[3], const double full_mm[3], int threads,
                         osarc_error *err);
void work_free(work *w);

static inline size_t work_index(const work *w, size_t i, size_t j, size_t k)
{
    return (k * w->size[1] + j) * w->size[0] + i;
}

/* Cuts the grid to what is thick enough to be body, and a margin, before the body is looked for. */
osarc_status work_crop_air(work *w, osarc_error *err);

/* Cuts the grid to the body and a margin: less to do for every later step. */
osarc_status work_crop(work *w, osarc_error *err);

/* A least volume of pieces, less in a slab that is thinner than such a piece. */
double least_cm3(const work *w, double cm3);

/* From `fine`, up to image voxels of `fine_mm`, to `coarse`, where a cortex is not resolved. */
double blend_by_voxel(const work *w, double fine_mm, double fine, double coarse);

/* The steps, in order. Each reads hu and flags and adds to flags. */
osarc_status find_body(work *w, double *removed_cm3, osarc_error *err);
osarc_status find_wall(work *w, osarc_error *err);
osarc_status find_bone(work *w, int contrast, osarc_error *err);

/* Whether planes show lungs; there ribs close the wall. */
int wall_has_lungs(const work *w, size_t first, size_t planes);

/* Drops the pieces of the wall that are none; `part` is room for their numbers. */
osarc_status wall_drop_islands(const work *w, uint8_t *set, uint32_t *part, osarc_error *err);

#endif
