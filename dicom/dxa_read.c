/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "catalogue.h"
#include "frame_read.h"
#include "hu.h"
#include "judge.h"

/* What stored numbers become. */
typedef struct meaning {
    int is_log;
    double slope, intercept;
} meaning;

static osarc_status take_meaning(meaning *out, const osi_header *header, const char *name,
                                 const osarc_dxa_stated *stated, osarc_error *err)
{
    const osi_projection *p = &header->projection;
    double slope = header->shared.slope;
    double intercept = header->shared.intercept;
    int has_scale = isfinite(slope) && slope != 0 && isfinite(intercept);
    int says_log = strcmp(p->relation, "LOG") == 0;
    int says_linear = strcmp(p->relation, "LIN") == 0;
    if (stated->values)
        out->is_log = stated->values == 2;
    else if (says_log || says_linear)
        out->is_log = says_log;
    else
        return osi_fail(err, OSARC_ERR_UNIT,
                        "%s: PixelIntensityRelationship says neither LIN nor LOG, and nothing "
                        "beside the image says what its values are",
                        name);
    if (out->is_log && !stated->values && !isfinite(p->relation_sign))
        return osi_fail(err, OSARC_ERR_UNIT,
                        "%s: a logarithm without PixelIntensityRelationshipSign may be attenuation "
                        "or its negative; `values` in dxa.json is needed",
                        name);
    if (!out->is_log && p->relation_sign < 0)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%s: intensities are inverted (higher values are less intensity)", name);
    if (out->is_log && !has_scale)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "%s: attenuation without RescaleSlope and RescaleIntercept has no scale",
                        name);
    out->slope = has_scale ? slope : 1;
    out->intercept = has_scale ? intercept : 0;
    /* the logarithm of intensity, where higher values are more of it; unless the user says what it
     * is */
    if (out->is_log && !stated->values && p->relation_sign > 0) {
        out->slope = -out->slope;
        out->intercept = -out->intercept;
    }
    return OSARC_OK;
}

static int32_t unpack(const uint8_t *raw, size_t i, const osi_pixels *pixels)
{
    int32_t stored =
        pixels->bits_allocated == 8 ? raw[i] : (int32_t) (raw[2 * i] | raw[2 * i + 1] << 8);
    int32_t mask = (int32_t) ((1U << pixels->bits_stored) - 1U);
    stored = stored >> (pixels->high_bit + 1 - pixels->bits_stored) & mask;
    if (pixels->is_signed && stored > mask / 2)
        stored -= mask + 1;
    return stored;
}

static osarc_status read_frame(float *out, osi_file *file, size_t frame, const meaning *how,
                               int direction, osarc_error *err)
{
    const osi_pixels *pixels = &file->header->pixels;
    size_t columns = pixels->columns;
    osi_loaded loaded = {0};
    osi_block room = {0};
    const uint8_t *raw = NULL;
    osarc_status status = osi_pixels_check(pixels, err);
    if (!status && pixels->packing == OSI_PACKING_UNKNOWN)
        status = osi_fail(err, OSARC_ERR_UNSUPPORTED,
                          "compressed in a way that is not supported: transfer syntax %s",
                          pixels->syntax_uid);
    if (!status && pixels->lossy)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "compressed with loss: attenuation cannot be told from it");
    if (!status)
        status = osi_loaded_read(&loaded, file, err);
    if (!status)
        status = osi_loaded_frame(&raw, &room, &loaded, file, frame, err);
    for (size_t i = 0; !status && i < pixels->rows * columns; i++) {
        size_t x = i % columns;
        size_t to = direction > 0 ? i : i - x + (columns - 1 - x);
        out[to] = (float) (how->slope * unpack(raw, i, pixels) + how->intercept);
    }
    osi_free(room.data);
    osi_loaded_free(&loaded);
    return status ? osi_fail_context(err, status, file->name) : OSARC_OK;
}

static double first_of(double a, double b)
{
    return isfinite(a) ? a : b;
}

static void take_facts(osarc_dxa_facts *facts, const osi_series_row *row, osi_file *const files[2],
                       const meaning how[2], const osarc_dxa_stated *stated)
{
    const osi_header *low = files[0]->header;
    int two_files = files[0] != files[1];
    osarc_dxa_facts_init(facts);
    facts->acquisition = row->view.acquisition;
    facts->view = stated->has_view ? stated->view : osarc_dxa_view_of(low->projection.protocol);
    facts->columns = low->pixels.columns;
    facts->rows = low->pixels.rows;
    facts->is_log = how[0].is_log;
    facts->scale = stated->scale;
    facts->forearm_mm = stated->forearm_mm;
    /* of the protocol only where it speaks of a forearm */
    facts->side = stated->side;
    if (!stated->side && osarc_dxa_view_of(low->projection.protocol) == OSARC_DXA_VIEW_FOREARM)
        facts->side = osarc_dxa_side_of(low->projection.protocol);
    for (int i = 0; i < 2; i++) {
        const osi_pixels *pixels = &files[i]->header->pixels;
        facts->spacing_mm[i] = first_of(stated->spacing_mm[i], row->view.pixel_mm[i]);
        facts->kvp[i] = first_of(stated->kvp[i], two_files ? files[i]->header->shared.kvp : NAN);
        facts->air[i] = stated->air[i];
        facts->energy_kev[i] = stated->energy_kev[i];
        if (!how[i].is_log)
            facts->ceiling[i] =
                how[i].slope * (ldexp(1, pixels->bits_stored - pixels->is_signed) - 1) +
                how[i].intercept;
    }
    facts->acquisition.kvp = facts->kvp[0];
}

/* Only views that have sides or an upper end are turned: a wedge is nobody, a knee is not measured.
 * Without a word of the sides those of the whole body and of hips are told to be assumed. */
static osarc_status take_direction(int *direction, osarc_dxa_facts *facts, const osi_file *file,
                                   osarc_error *err)
{
    int stated;
    *direction = 1;
    if (facts->view < OSARC_DXA_VIEW_SPINE || facts->view > OSARC_DXA_VIEW_WHOLE_BODY)
        return OSARC_OK;
    *direction = osi_projection_direction(&stated, &file->header->projection);
    if (*direction == 0)
        return osi_fail(err, OSARC_ERR_GEOMETRY, "%s: the image does not stand upright",
                        file->name);
    facts->sides_assumed = !stated && facts->view != OSARC_DXA_VIEW_SPINE;
    return OSARC_OK;
}

osarc_status osarc_dxa_read(osarc_dxa_pair **out, osarc_catalogue *catalogue, size_t series,
                            const osarc_dxa_stated *stated, osarc_error *err)
{
    osarc_dxa_stated nothing;
    osarc_dxa_facts facts;
    meaning how[2];
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!catalogue || series >= catalogue->row_count || !catalogue->rows[series]->is_pair)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "row %zu is no pair of densitometer images",
                        series);
    osarc_dxa_stated_init(&nothing);
    stated = stated ? stated : &nothing;
    const osi_series_row *row = catalogue->rows[series];
    osi_file *const files[2] = {catalogue->files.items[row->pair_file[0]],
                                catalogue->files.items[row->pair_file[1]]};
    osarc_status status = OSARC_OK;
    for (int i = 0; !status && i < 2; i++)
        status = take_meaning(&how[i], files[i]->header, files[i]->name, stated, err);
    if (!status && how[0].is_log != how[1].is_log)
        status = osi_fail(err, OSARC_ERR_UNIT,
                          "one image holds intensities, the other attenuation: %s, %s",
                          files[0]->name, files[1]->name);
    if (status)
        return status;
    take_facts(&facts, row, files, how, stated);
    int direction;
    status = take_direction(&direction, &facts, files[0], err);
    if (status)
        return status;
    osarc_dxa_pair *pair = NULL;
    status = osarc_dxa_pair_create(&pair, &facts, err);
    for (int i = 0; !status && i < 2; i++)
        status = read_frame(osarc_dxa_pair_fill(pair, (osarc_dxa_energy) i), files[i],
                            row->pair_frame[i], &how[i], direction, err);
    if (status) {
        osarc_dxa_pair_free(pair);
        return status;
    }
    *out = pair;
    return OSARC_OK;
}
