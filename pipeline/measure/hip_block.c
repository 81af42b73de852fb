/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/distance.h>
#include <osi/fail.h>

/* An edge smears over what the slice and the kernel smear: a voxel along each axis, and more where
 * voxels are small. */
#define RIM_MM 2.0

/* Around the rim: where soft tissue is read. */
#define SOFT_REACH_MM 6.0

/* How far from an edge its compact bone is looked for. */
#define PEAK_REACH_MM 2.5

/* Marrow without mineral is told from noise by the mean so far around. */
#define MARROW_REACH_MM 2.0

/* Below the last line by that, the shaft is not read. */
#define SPARE_MM 12.0

#define LEAST_SINE 0.3 /* of the angle between the axes */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

osarc_status osi_hip_frame_make(osi_hip_frame *out, const osarc_femur *femur, osarc_error *err)
{
    double long_up = sqrt(dot(femur->shaft_axis, femur->shaft_axis));
    double along = 0;
    double length = 0;
    for (int c = 0; c < 3; c++) {
        out->origin_mm[c] = femur->shaft_mm[c];
        out->up[c] = femur->shaft_axis[c] / long_up;
        along += femur->neck_axis[c] * out->up[c];
    }
    for (int c = 0; c < 3; c++) {
        out->across[c] = femur->neck_axis[c] - along * out->up[c];
        length += out->across[c] * out->across[c];
    }
    length = sqrt(length);
    /* NAN fails as well */
    if (!(length >= LEAST_SINE) || !(long_up > 0.5) || !isfinite(dot(out->origin_mm, out->up)))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the axes of neck and shaft are not known, or run too much alike");
    for (int c = 0; c < 3; c++)
        out->across[c] /= length;
    return OSARC_OK;
}

void osi_hip_frame_lay(double out_mm[2], const osi_hip_frame *frame, const double patient_mm[3])
{
    double way[3];
    for (int c = 0; c < 3; c++)
        way[c] = patient_mm[c] - frame->origin_mm[c];
    out_mm[0] = dot(way, frame->across);
    out_mm[1] = dot(way, frame->up);
}

static int is_own(uint8_t code, const osarc_femur *femur)
{
    return (code & OSARC_FEMUR_PRESENT) && !(code & OSARC_FEMUR_SECOND) == !femur->is_second;
}

/* Height over the last line, from index to index. */
typedef struct heights {
    double at0;
    double step[3];
} heights;

static heights find_heights(const osarc_grid *grid, const osarc_femur *femur)
{
    heights h = {0, {0, 0, 0}};
    double base =
        isfinite(femur->lesser_mm[0]) ? dot(femur->lesser_mm, femur->shaft_axis) : -INFINITY;
    h.at0 = dot(grid->origin_mm, femur->shaft_axis) - base + OSARC_HIP_BELOW_LESSER_MM + SPARE_MM;
    for (int a = 0; a < 3; a++)
        h.step[a] = dot(grid->direction[a], femur->shaft_axis) * grid->spacing_mm[a];
    return h;
}

/* The box around what is read of the femur; 0 when there is nothing. */
static int find_box(size_t first[3], size_t last[3], const osarc_mask *codes,
                    const osarc_femur *femur)
{
    const osarc_grid *grid = osarc_mask_grid(codes);
    const uint8_t *code = osarc_mask_labels(codes);
    const heights h = find_heights(grid, femur);
    int any = 0;
    for (int a = 0; a < 3; a++) {
        first[a] = grid->size[a];
        last[a] = 0;
    }
    for (size_t k = 0; k < grid->size[2]; k++)
        for (size_t j = 0; j < grid->size[1]; j++) {
            const uint8_t *row = code + (k * grid->size[1] + j) * grid->size[0];
            double base = h.at0 + (double) j * h.step[1] + (double) k * h.step[2];
            for (size_t i = 0; i < grid->size[0]; i++) {
                if (!is_own(row[i], femur) || !(base + (double) i * h.step[0] > 0))
                    continue;
                const size_t at[3] = {i, j, k};
                any = 1;
                for (int a = 0; a < 3; a++) {
                    first[a] = at[a] < first[a] ? at[a] : first[a];
                    last[a] = at[a] > last[a] ? at[a] : last[a];
                }
            }
        }
    return any;
}

static int is_other(uint8_t tissue)
{
    return tissue == OSARC_TISSUE_OUTSIDE || tissue == OSARC_TISSUE_COMPACT_BONE ||
           tissue == OSARC_TISSUE_TRABECULAR_BONE || tissue == OSARC_TISSUE_GAS ||
           tissue == OSARC_TISSUE_METAL || tissue == OSARC_TISSUE_PHANTOM;
}

static void fill(osi_hip_block *b, const osarc_hip_input *in)
{
    const int16_t *stored = osarc_image_stored(in->image);
    const uint8_t *code = osarc_mask_labels(in->codes);
    const uint8_t *tissue = osarc_mask_labels(in->tissue);
    double step = osarc_image_step(in->image);
    double offset = osarc_image_offset(in->image);
    const double *c = in->calibration->density;
    size_t n = 0;
    for (size_t k = 0; k < b->size[2]; k++)
        for (size_t j = 0; j < b->size[1]; j++) {
            size_t v = ((k + b->first[2]) * b->grid.size[1] + j + b->first[1]) * b->grid.size[0] +
                       b->first[0];
            for (size_t i = 0; i < b->size[0]; i++, v++, n++) {
                double hu = stored[v] * step + offset;
                int present = (code[v] & OSARC_FEMUR_PRESENT) != 0;
                b->density[n] = (float) (c[0] + c[1] * hu + c[2] * hu * hu);
                b->kind[n] = OSI_HIP_SOFT;
                if (is_own(code[v], in->femur)) {
                    b->kind[n] = OSI_HIP_DEEP;
                    b->compact[n] = (code[v] & OSARC_FEMUR_COMPACT) != 0;
                } else if (present || stored[v] <= OSARC_OUTSIDE || is_other(tissue[v])) {
                    b->kind[n] = OSI_HIP_ELSE;
                }
            }
        }
}

osarc_status osi_hip_block_read(osi_hip_block *out, const osarc_hip_input *in, osarc_error *err)
{
    size_t last[3];
    memset(out, 0, sizeof(*out));
    out->grid = *osarc_image_grid(in->image);
    if (!find_box(out->first, last, in->codes, in->femur))
        return osi_fail(err, OSARC_ERR_QUALITY, "the mask holds no voxel of this femur");
    size_t count = 1;
    for (int a = 0; a < 3; a++) {
        double reach_mm = fmax(RIM_MM, out->grid.spacing_mm[a]) + SOFT_REACH_MM;
        size_t reach = (size_t) ceil(reach_mm / out->grid.spacing_mm[a]);
        out->first[a] = out->first[a] > reach ? out->first[a] - reach : 0;
        last[a] = last[a] + reach < out->grid.size[a] ? last[a] + reach : out->grid.size[a] - 1;
        out->size[a] = last[a] - out->first[a] + 1;
        count *= out->size[a];
    }
    out->kind = osi_alloc_raw(count, sizeof(*out->kind), err);
    out->compact = out->kind ? osi_alloc(count, sizeof(*out->compact), err) : NULL;
    out->density = out->compact ? osi_alloc_raw(count, sizeof(*out->density), err) : NULL;
    out->mineral = out->density ? osi_alloc(count, sizeof(*out->mineral), err) : NULL;
    out->share = out->mineral ? osi_alloc(count, sizeof(*out->share), err) : NULL;
    if (!out->share)
        return OSARC_ERR_MEMORY;
    fill(out, in);
    double slope = in->calibration->density[1];
    out->noise_mg_cm3 = fabs(slope) * in->noise_sd_hu;
    return OSARC_OK;
}

void osi_hip_block_free(osi_hip_block *block)
{
    osi_free(block->kind);
    osi_free(block->compact);
    osi_free(block->density);
    osi_free(block->mineral);
    osi_free(block->share);
    memset(block, 0, sizeof(*block));
}

static size_t voxel_count(const osi_hip_block *b)
{
    return b->size[0] * b->size[1] * b->size[2];
}

static size_t voxels_in(double mm, double spacing_mm)
{
    size_t count = (size_t) floor(mm / spacing_mm + 1e-9);
    return count ? count : 1;
}

/* So many that no nearer one is left out. */
static size_t voxels_over(double mm, double spacing_mm)
{
    return (size_t) ceil(mm / spacing_mm - 1e-9);
}

/* 1 when a face neighbour is not of this femur. */
static int has_other(const osi_hip_block *b, size_t n, const size_t at[3])
{
    const size_t stride[3] = {1, b->size[0], b->size[0] * b->size[1]};
    for (int a = 0; a < 3; a++) {
        if (at[a] > 0 && b->kind[n - stride[a]] != OSI_HIP_DEEP &&
            b->kind[n - stride[a]] != OSI_HIP_EDGE)
            return 1;
        if (at[a] + 1 < b->size[a] && b->kind[n + stride[a]] != OSI_HIP_DEEP &&
            b->kind[n + stride[a]] != OSI_HIP_EDGE)
            return 1;
    }
    return 0;
}

/* 1 when a face neighbour is of this femur. */
static int touches(const osi_hip_block *b, const uint8_t *own, size_t n, const size_t at[3])
{
    const size_t stride[3] = {1, b->size[0], b->size[0] * b->size[1]};
    for (int a = 0; a < 3; a++)
        if ((at[a] > 0 && own[n - stride[a]]) || (at[a] + 1 < b->size[a] && own[n + stride[a]]))
            return 1;
    return 0;
}

/* Tells edge and rim. A bone's voxel that touches the femur's is the smeared edge of one or both:
 * it counts as rim, and its neighbours beyond do not. */
static osarc_status find_rim(osi_hip_block *b, osarc_error *err)
{
    size_t count = voxel_count(b);
    double spacing[3];
    float *far = osi_alloc_raw(count, sizeof(*far), err);
    uint8_t *own = osi_alloc_raw(count, 1, err);
    osarc_status status = far && own ? OSARC_OK : OSARC_ERR_MEMORY;
    for (int a = 0; a < 3; a++) /* one step of the rim along each axis */
        spacing[a] = b->grid.spacing_mm[a] / fmax(RIM_MM, 1.01 * b->grid.spacing_mm[a]);
    for (size_t n = 0; n < count && !status; n++)
        own[n] = b->kind[n] == OSI_HIP_DEEP;
    if (!status)
        status = osi_distance_limited_mm(far, own, b->size, spacing, 1, 1, err);
    size_t n = 0;
    for (size_t k = 0; k < b->size[2] && !status; k++)
        for (size_t j = 0; j < b->size[1]; j++)
            for (size_t i = 0; i < b->size[0]; i++, n++) {
                const size_t at[3] = {i, j, k};
                if (own[n])
                    b->kind[n] = has_other(b, n, at) ? OSI_HIP_EDGE : OSI_HIP_DEEP;
                else if (far[n] <= 1 && (b->kind[n] == OSI_HIP_SOFT || touches(b, own, n, at)))
                    b->kind[n] = OSI_HIP_RIM;
            }
    osi_free(far);
    osi_free(own);
    return status;
}

/* A row's voxel from those up to `reach` either way; `line` has room for one more than a row. */
typedef void smear(float *row, size_t step, size_t length, size_t reach, double *line);

static size_t window_from(size_t i, size_t reach)
{
    return i > reach ? i - reach : 0;
}

static size_t window_end(size_t i, size_t reach, size_t length)
{
    return i + reach + 1 < length ? i + reach + 1 : length;
}

static void smear_sum(float *row, size_t step, size_t length, size_t reach, double *line)
{
    line[0] = 0;
    for (size_t i = 0; i < length; i++)
        line[i + 1] = line[i] + (double) row[i * step];
    for (size_t i = 0; i < length; i++)
        row[i * step] = (float) (line[window_end(i, reach, length)] - line[window_from(i, reach)]);
}

static void smear_most(float *row, size_t step, size_t length, size_t reach, double *line)
{
    for (size_t i = 0; i < length; i++)
        line[i] = (double) row[i * step];
    for (size_t i = 0; i < length; i++) {
        double most = line[window_from(i, reach)];
        for (size_t m = window_from(i, reach) + 1; m < window_end(i, reach, length); m++)
            most = fmax(most, line[m]);
        row[i * step] = (float) most;
    }
}

static void smear_axis(float *values, const osi_hip_block *b, size_t axis, size_t reach, smear *one,
                       double *line)
{
    const size_t stride[3] = {1, b->size[0], b->size[0] * b->size[1]};
    size_t other = (axis + 1) % 3;
    size_t third = (axis + 2) % 3;
    for (size_t p = 0; p < b->size[other]; p++)
        for (size_t q = 0; q < b->size[third]; q++)
            one(values + p * stride[other] + q * stride[third], stride[axis], b->size[axis], reach,
                line);
}

static void smear_all(float *values, const osi_hip_block *b, double reach_mm, smear *one,
                      double *line)
{
    for (size_t a = 0; a < 3; a++)
        smear_axis(values, b, a, voxels_in(reach_mm, b->grid.spacing_mm[a]), one, line);
}

static int is_own_kind(uint8_t kind)
{
    return kind == OSI_HIP_DEEP || kind == OSI_HIP_EDGE;
}

/* Of soft tissue in all of the block, where there is none near. */
static double mean_soft(const osi_hip_block *b)
{
    double sum = 0;
    double count = 0;
    for (size_t n = 0; n < voxel_count(b); n++)
        if (b->kind[n] == OSI_HIP_SOFT) {
            sum += (double) b->density[n];
            count += 1;
        }
    return count > 0 ? sum / count : 0;
}

typedef struct fields {
    float *sum;    /* of densities of a kind around each voxel */
    float *weight; /* and how many */
    float *peak;   /* most dense voxel of this femur around */
    double *line;
} fields;

/* What counts of each voxel of edge and rim: it is soft tissue as around, and bone as dense as the
 * most dense near by. */
static void share_edges(osi_hip_block *b, const fields *f)
{
    double usual = mean_soft(b);
    for (size_t n = 0; n < voxel_count(b); n++) {
        if (b->kind[n] != OSI_HIP_EDGE && b->kind[n] != OSI_HIP_RIM)
            continue;
        double soft = f->weight[n] > 0.5F ? (double) (f->sum[n] / f->weight[n]) : usual;
        double span = fmax((double) f->peak[n] - soft, 1);
        double share = fmin(fmax(((double) b->density[n] - soft) / span, 0), 1);
        b->share[n] = (float) share;
        b->mineral[n] = (float) ((double) b->density[n] - (1 - share) * soft);
    }
}

/* Fat in marrow reads less than no mineral: that is not counted against bone elsewhere. Compact
 * bone beside such marrow counts. */
static void count_deep(osi_hip_block *b, const fields *f)
{
    for (size_t n = 0; n < voxel_count(b); n++) {
        if (b->kind[n] != OSI_HIP_DEEP)
            continue;
        b->share[n] = 1;
        b->mineral[n] = f->sum[n] < 0 && !b->compact[n] ? 0 : b->density[n];
    }
}

osarc_status osi_hip_block_sort(osi_hip_block *b, osarc_error *err)
{
    size_t count = voxel_count(b);
    size_t longest = b->size[0];
    for (int a = 1; a < 3; a++)
        longest = b->size[a] > longest ? b->size[a] : longest;
    fields f = {osi_alloc_raw(count, sizeof(float), err), NULL, NULL, NULL};
    f.weight = f.sum ? osi_alloc_raw(count, sizeof(float), err) : NULL;
    f.peak = f.weight ? osi_alloc_raw(count, sizeof(float), err) : NULL;
    f.line = f.peak ? osi_alloc_raw(longest + 1, sizeof(double), err) : NULL;
    osarc_status status = f.line ? find_rim(b, err) : OSARC_ERR_MEMORY;
    if (status)
        goto cleanup;
    for (size_t n = 0; n < count; n++) {
        int soft = b->kind[n] == OSI_HIP_SOFT;
        f.sum[n] = soft ? b->density[n] : 0;
        f.weight[n] = soft ? 1 : 0;
        f.peak[n] = is_own_kind(b->kind[n]) ? b->density[n] : -1e6F;
    }
    smear_all(f.sum, b, SOFT_REACH_MM, smear_sum, f.line);
    smear_all(f.weight, b, SOFT_REACH_MM, smear_sum, f.line);
    smear_all(f.peak, b, PEAK_REACH_MM, smear_most, f.line);
    share_edges(b, &f);
    for (size_t n = 0; n < count; n++)
        f.sum[n] = is_own_kind(b->kind[n]) && !b->compact[n] ? b->density[n] : 0;
    for (size_t a = 0; a < 3; a++)
        smear_axis(f.sum, b, a, voxels_over(MARROW_REACH_MM, b->grid.spacing_mm[a]), smear_sum,
                   f.line);
    count_deep(b, &f);
cleanup:
    osi_free(f.sum);
    osi_free(f.weight);
    osi_free(f.peak);
    osi_free(f.line);
    return status;
}
