/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "projection.h"

#include <math.h>
#include <string.h>

#include "value.h"

void osi_projection_init(osi_projection *out)
{
    memset(out, 0, sizeof(*out));
    out->relation_sign = NAN;
    for (int i = 0; i < 2; i++)
        out->imager_mm[i] = out->nominal_mm[i] = out->area_mm[i] = NAN;
}

void osi_take_projection_element(osi_projection *out, const uint8_t *data,
                                 const osi_element *element)
{
    switch (element->tag) {
    case OSI_TAG(0x0008, 0x0068):
        osi_value_text(out->intent, sizeof(out->intent), data, element, "");
        break;
    case OSI_TAG(0x0018, 0x1030):
        osi_value_text(out->protocol, sizeof(out->protocol), data, element, "");
        break;
    case OSI_TAG(0x0018, 0x1164):
        osi_value_numbers(out->imager_mm, 2, data, element);
        break;
    case OSI_TAG(0x0018, 0x2010):
        osi_value_numbers(out->nominal_mm, 2, data, element);
        break;
    case OSI_TAG(0x0020, 0x0020):
        osi_value_text(out->orientation, sizeof(out->orientation), data, element, "");
        break;
    case OSI_TAG(0x0028, 0x1040):
        osi_value_text(out->relation, sizeof(out->relation), data, element, "");
        break;
    case OSI_TAG(0x0028, 0x1041):
        if (element->length == 2)
            out->relation_sign = osi_value_u16(data, element, 0) == 0xFFFF ? -1 : 1;
        break;
    case OSI_TAG(0x0040, 0x0303):
        osi_value_numbers(out->area_mm, 2, data, element);
        break;
    default:
        break;
    }
}

osi_spacing_from osi_projection_spacing(double out_mm[2], const osi_projection *projection,
                                        const double spacing_mm[2], size_t columns, size_t rows)
{
    const double ways[][2] = {
        {NAN, NAN},
        {spacing_mm[0], spacing_mm[1]},
        {projection->imager_mm[1], projection->imager_mm[0]},
        {projection->nominal_mm[1], projection->nominal_mm[0]},
        {projection->area_mm[0] / (double) columns, projection->area_mm[1] / (double) rows}};
    for (int from = OSI_SPACING_PIXEL; from <= OSI_SPACING_AREA; from++)
        if (ways[from][0] > 0 && ways[from][1] > 0 && isfinite(ways[from][0] + ways[from][1])) {
            memcpy(out_mm, ways[from], sizeof(ways[from]));
            return (osi_spacing_from) from;
        }
    out_mm[0] = out_mm[1] = NAN;
    return OSI_SPACING_NONE;
}

int osi_projection_direction(int *stated, const osi_projection *projection)
{
    const char *orientation = projection->orientation;
    *stated = orientation[0] != '\0';
    if (!*stated)
        return 1;
    const char *down = strpbrk(orientation, "\\");
    if (down && down[1] != 'F')
        return 0;
    return orientation[0] == 'L' ? 1 : orientation[0] == 'R' ? -1 : 0;
}

const char *osi_spacing_from_word(osi_spacing_from from)
{
    static const char *const WORDS[] = {"", "PixelSpacing", "ImagerPixelSpacing",
                                        "NominalScannedPixelSpacing", "ExposedArea"};
    return (unsigned) from < sizeof(WORDS) / sizeof(WORDS[0]) ? WORDS[from] : "";
}

int osi_projection_modality(const char *modality)
{
    static const char *const MODALITIES[] = {"DX", "CR", "OT", "SC", "BMD"};
    for (size_t i = 0; i < sizeof(MODALITIES) / sizeof(MODALITIES[0]); i++)
        if (strcmp(modality, MODALITIES[i]) == 0)
            return 1;
    return 0;
}
