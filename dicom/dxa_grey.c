/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "catalogue.h"
#include "facts.h"
#include "frame_read.h"
#include "hu.h"
#include "judge.h"

static float level_of(const uint8_t *raw, size_t i, const osi_pixels *pixels)
{
    uint32_t stored = pixels->bits_allocated == 8
                          ? raw[i]
                          : (uint32_t) raw[2 * i] | (uint32_t) raw[2 * i + 1] << 8;
    uint32_t most = (1U << pixels->bits_stored) - 1U;
    stored = stored >> (pixels->high_bit + 1 - pixels->bits_stored) & most;
    return (float) (pixels->is_inverted ? most - stored : stored);
}

static osarc_status read_levels(osarc_dxa_grey *out, osi_file *file, int direction,
                                osarc_error *err)
{
    const osi_pixels *pixels = &file->header->pixels;
    osi_loaded loaded = {0};
    osi_block room = {0};
    const uint8_t *raw = NULL;
    osarc_status status = osi_pixels_check(pixels, err);
    if (!status && (pixels->packing == OSI_PACKING_UNKNOWN || pixels->frames > 1 ||
                    pixels->is_signed || pixels->big_endian))
        status = osi_fail(err, OSARC_ERR_UNSUPPORTED,
                          "one unsigned little endian frame is needed of a finished picture");
    if (!status)
        status = osi_loaded_read(&loaded, file, err);
    if (!status)
        status = osi_loaded_frame(&raw, &room, &loaded, file, 0, err);
    for (size_t y = 0; !status && y < out->rows; y++)
        for (size_t x = 0; x < out->columns; x++) {
            size_t to = direction > 0 ? x : out->columns - 1 - x;
            out->values[y * out->columns + to] = level_of(raw, y * out->columns + x, pixels);
        }
    osi_free(room.data);
    osi_loaded_free(&loaded);
    return status;
}

osarc_status osarc_dxa_grey_read(osarc_dxa_grey *out, osarc_catalogue *catalogue, size_t input,
                                 osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a place for the picture is needed");
    memset(out, 0, sizeof(*out));
    if (!catalogue || input >= catalogue->files.count ||
        !osi_may_be_densitometry(catalogue->files.items[input]))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "input %zu is no picture of a densitometer",
                        input);
    osi_file *file = catalogue->files.items[input];
    const osi_header *header = file->header;
    out->columns = header->pixels.columns;
    out->rows = header->pixels.rows;
    out->view = osarc_dxa_view_of(header->projection.protocol);
    int direction = osi_projection_direction(&out->sides_stated, &header->projection);
    osarc_status status = OSARC_OK;
    if (osi_projection_spacing(out->spacing_mm, &header->projection, header->shared.spacing_mm,
                               out->columns, out->rows) == OSI_SPACING_NONE)
        status = osi_fail(err, OSARC_ERR_GEOMETRY, "no pixel spacing is stated");
    else if (direction == 0)
        status = osi_fail(err, OSARC_ERR_GEOMETRY, "the picture does not stand upright");
    if (!status) {
        out->values = osi_alloc_raw(out->columns * out->rows, sizeof(float), err);
        status = out->values ? read_levels(out, file, direction, err) : OSARC_ERR_MEMORY;
    }
    if (status) {
        osarc_dxa_grey_free(out);
        return osi_fail_context(err, status, file->name);
    }
    return OSARC_OK;
}

void osarc_dxa_grey_free(osarc_dxa_grey *grey)
{
    if (!grey)
        return;
    osi_free(grey->values);
    memset(grey, 0, sizeof(*grey));
}
