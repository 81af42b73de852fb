/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_LIMB_PARTS_H
#define SEGMENTATION_LIMB_PARTS_H

#include <osarc/limb.h>

#define LIMBS_MAX 2
#define FOREIGN   (LIMBS_MAX + 1) /* as owner: body that is no limb; 0: none, else limb + 1 */

/* The scan with its head-foot axis last, and a stride through it. */
typedef struct limb_view {
    const osarc_grid *grid;
    const osarc_image *image;
    int axis[3];
    size_t n[3];
    double mm[3];
    const int16_t *v;
    const uint8_t *t;
    const uint8_t *ex; /* NULL: nothing is left out */
    int16_t *own_v;    /* copies, where axes had to be turned */
    uint8_t *own_t;
    uint8_t *own_ex;
    size_t f[3]; /* stride */
    size_t s[3]; /* sizes of the strided grid */
    double smm[3];
    double up;   /* 1 when slices count towards the head, -1 towards the feet */
    double left; /* LPS x for each mm along axis 0 and 1 */
    double left_y;
    osarc_hu_table windows;
    int threads;
} limb_view;

osarc_status limb_view_create(limb_view *view, const osarc_image *image, const osarc_mask *tissue,
                              const osarc_limb_options *options, osarc_error *err);
void limb_view_free(limb_view *view);

/* LPS x of a point in plane, in mm along both axes, up to a constant. */
double limb_left_mm(const limb_view *view, double x_mm, double y_mm);

/* Index into the full and into the strided scan. */
static inline size_t limb_voxel(const limb_view *view, size_t x, size_t y, size_t z)
{
    return (z * view->n[1] + y) * view->n[0] + x;
}

static inline size_t limb_middle_of(size_t index, size_t stride, size_t size)
{
    size_t at = index * stride + stride / 2;
    return at < size ? at : size - 1;
}

/* 1 when the pixel of the strided grid lies at the edge of the view. */
int limb_at_edge(const limb_view *view, size_t x, size_t y, size_t z);

/* A bone in a slice. */
typedef struct limb_section {
    double x_mm, y_mm; /* centre */
    double area_cm2;
    double compact; /* share */
    double low_mm[2], high_mm[2];
    uint32_t body; /* part of the body in that slice */
    double body_cm2;
    int is_shaft;
    uint32_t number; /* of the component */
} limb_section;

typedef struct limb_slice {
    limb_section *sections;
    size_t count;
    double *body_cm2; /* from 1 */
    uint32_t bodies;
} limb_slice;

osarc_status limb_slices_read(limb_slice **out, const limb_view *view, osarc_error *err);
void limb_slices_free(limb_slice *slices, size_t count);

/* A shaft through the slices. */
typedef struct limb_track {
    size_t low, high; /* of strided slices */
    int *section;     /* for each strided slice; -1: none */
    double length_mm;
    double area_cm2; /* median */
    double limb_cm2; /* median of the part of the body that holds it */
} limb_track;

/* Shafts of femurs, at most LIMBS_MAX. */
osarc_status limb_tracks_find(limb_track tracks[LIMBS_MAX], size_t *count_out,
                              const limb_slice *slices, const limb_view *view, osarc_error *err);
void limb_track_free(limb_track *track);

/* Centre of the shaft at a strided slice, between those where it was seen. */
void limb_track_at(double out_mm[2], const limb_track *track, const limb_slice *slices,
                   const limb_view *view, size_t k);

typedef enum limb_state {
    LIMB_NOT_THERE = 0,
    LIMB_WHOLE,
    LIMB_CUT,
    LIMB_JOINED
} limb_state;

typedef struct limb_regions {
    uint8_t *owner;               /* strided grid */
    limb_state *state[LIMBS_MAX]; /* for each strided slice */
    double *share[LIMBS_MAX];     /* of the section that is in view, where cut */
    double *aside_mm[LIMBS_MAX];  /* of the shaft from the middle of the limb, to the left */
    double *area_cm2[LIMBS_MAX];  /* of the section in view */
    double *other_cm2[LIMBS_MAX]; /* of other parts that the view cuts, on the inner side */
    double offset_mm[LIMBS_MAX];  /* of the shaft from the middle, towards the left; mean */
} limb_regions;

osarc_status limb_regions_find(limb_regions *out, const limb_track *tracks, size_t count,
                               const limb_slice *slices, const limb_view *view, osarc_error *err);
void limb_regions_free(limb_regions *regions);

/* Area of the ellipse that fits points; NAN when none does. Pairs of x, y in mm. */
double limb_ellipse_mm2(const double *xy_mm, size_t count);

/* Codes of one limb in one slice of the full scan. *cut_out: 1 when the view cuts it there. */
osarc_status limb_plane_code(uint8_t *codes, int *cut_out, const limb_view *view,
                             const limb_regions *regions, size_t limb, size_t z, osarc_error *err);

/* Ends of the femur as strided slices towards feet and head; 0 when both are not in view. */
int limb_femur_ends(size_t *feet_out, size_t *head_out, const limb_track *track,
                    const limb_slice *slices, const limb_view *view, double lateral);

#endif
