/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "header.h"
#include "value.h"

#define MAX_FRAMES     65535
#define TAG_PIXEL_DATA OSI_TAG(0x7FE0, 0x0010)

void osi_take_frame_element(osi_frame *frame, const uint8_t *data, const osi_element *element)
{
    switch (element->tag) {
    case OSI_TAG(0x0008, 0x0008): /* image type */
    case OSI_TAG(0x0008, 0x9007): /* frame type */
        osi_value_text(frame->image_type, sizeof(frame->image_type), data, element, "");
        break;
    case OSI_TAG(0x0018, 0x0050):
        osi_value_numbers(&frame->thickness_mm, 1, data, element);
        break;
    case OSI_TAG(0x0018, 0x0060):
        osi_value_numbers(&frame->kvp, 1, data, element);
        break;
    case OSI_TAG(0x0018, 0x1210):
        osi_value_text(frame->kernel, sizeof(frame->kernel), data, element, "");
        break;
    case OSI_TAG(0x0020, 0x0012):
    case OSI_TAG(0x0020, 0x9156):
        osi_value_numbers(&frame->acquisition_number, 1, data, element);
        break;
    case OSI_TAG(0x0020, 0x0100):
    case OSI_TAG(0x0020, 0x9128):
        osi_value_numbers(&frame->temporal_position, 1, data, element);
        break;
    case OSI_TAG(0x0020, 0x0032):
        osi_value_numbers(frame->position_mm, 3, data, element);
        break;
    case OSI_TAG(0x0020, 0x0037): {
        double six[6];
        osi_value_numbers(six, 6, data, element);
        memcpy(frame->row, six, sizeof(frame->row));
        memcpy(frame->column, six + 3, sizeof(frame->column));
        break;
    }
    case OSI_TAG(0x0028, 0x0030): {
        double two[2]; /* between rows, between columns */
        osi_value_numbers(two, 2, data, element);
        frame->spacing_mm[0] = two[1];
        frame->spacing_mm[1] = two[0];
        break;
    }
    case OSI_TAG(0x0028, 0x1052):
        osi_value_numbers(&frame->intercept, 1, data, element);
        break;
    case OSI_TAG(0x0028, 0x1053):
        osi_value_numbers(&frame->slope, 1, data, element);
        break;
    case OSI_TAG(0x0028, 0x1054):
        osi_value_text(frame->rescale_type, sizeof(frame->rescale_type), data, element, "");
        break;
    default:
        break;
    }
}

/* Group 0021 of Hologic: image analysis data in element 01 of whichever block is reserved. */
void osi_take_results_element(osi_header *header, unsigned *block, const uint8_t *data,
                              const osi_element *element)
{
    unsigned number = element->tag & 0xFFFF;
    char creator[OSARC_TEXT_SIZE];
    if (element->tag >> 16 != 0x0021)
        return;
    if (number >= 0x10 && number <= 0xFF) {
        osi_value_text(creator, sizeof(creator), data, element, "");
        if (!strcasecmp(creator, "HOLOGIC"))
            *block = number;
    } else if (*block && number == (*block << 8 | 0x01) && !header->results_length) {
        header->results_offset = element->value;
        header->results_length = element->length;
    }
}

void osi_take_pixel_element(osi_header *header, const uint8_t *data, const osi_element *element)
{
    osi_pixels *pixels = &header->pixels;
    double number = NAN;
    switch (element->tag) {
    case OSI_TAG(0x0028, 0x0002):
        pixels->samples = osi_value_u16(data, element, 1);
        break;
    case OSI_TAG(0x0028, 0x0004): {
        char text[OSARC_TEXT_SIZE];
        osi_value_text(text, sizeof(text), data, element, "");
        pixels->is_colour = text[0] && strncmp(text, "MONOCHROME", 10) != 0;
        pixels->is_inverted = strcmp(text, "MONOCHROME1") == 0;
        break;
    }
    case OSI_TAG(0x0028, 0x0008):
        osi_value_numbers(&number, 1, data, element);
        pixels->frames = number >= 1 && number <= MAX_FRAMES ? (uint32_t) number : 0;
        break;
    case OSI_TAG(0x0028, 0x0010):
        pixels->rows = osi_value_u16(data, element, 0);
        break;
    case OSI_TAG(0x0028, 0x0011):
        pixels->columns = osi_value_u16(data, element, 0);
        break;
    case OSI_TAG(0x0028, 0x0100):
        pixels->bits_allocated = osi_value_u16(data, element, 0);
        break;
    case OSI_TAG(0x0028, 0x0101):
        pixels->bits_stored = osi_value_u16(data, element, 0);
        break;
    case OSI_TAG(0x0028, 0x0102):
        pixels->high_bit = osi_value_u16(data, element, 0);
        break;
    case OSI_TAG(0x0028, 0x0103):
        pixels->is_signed = osi_value_u16(data, element, 0) == 1;
        break;
    case OSI_TAG(0x0028, 0x0120):
        pixels->has_padding = element->length == 2;
        pixels->padding = osi_value_u16(data, element, 0);
        pixels->padding_limit = pixels->padding;
        break;
    case OSI_TAG(0x0028, 0x0121):
        if (element->length == 2)
            pixels->padding_limit = osi_value_u16(data, element, 0);
        break;
    case OSI_TAG(0x0028, 0x2110): {
        char text[OSARC_TEXT_SIZE];
        osi_value_text(text, sizeof(text), data, element, "");
        if (strcmp(text, "01") == 0)
            pixels->lossy = 1;
        break;
    }
    case OSI_TAG(0x0028, 0x3000):
        header->has_modality_lut = element->length > 0;
        break;
    case TAG_PIXEL_DATA:
        pixels->offset = element->value;
        pixels->length = element->length;
        pixels->open = element->open;
        break;
    default:
        break;
    }
}
