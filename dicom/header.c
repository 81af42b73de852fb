/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "header.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "facts.h"
#include "value.h"

#define TAG_SHARED_GROUPS    OSI_TAG(0x5200, 0x9229)
#define TAG_PER_FRAME_GROUPS OSI_TAG(0x5200, 0x9230)
#define TAG_PIXEL_DATA       OSI_TAG(0x7FE0, 0x0010)
#define JUDGED_BYTES         4096
/* nothing behind this is needed to list what is not CT */
#define TAG_LISTING_END OSI_TAG(0x0040, 0x0303)

typedef struct header_reader {
    osi_header *header;
    osi_fact_text text;
    char charset[OSARC_TEXT_SIZE];
    int has_exposed_area;
    int has_rescale;
    osi_element per_frame;
    int has_per_frame;
    unsigned results_block;
} header_reader;

/* Text elements of the whole file and where they go. */
static const struct {
    uint32_t tag;
    size_t offset;
} ACQUISITION_TEXT[] = {
    {OSI_TAG(0x0008, 0x0060), offsetof(osarc_acquisition, modality)},
    {OSI_TAG(0x0008, 0x0070), offsetof(osarc_acquisition, manufacturer)},
    {OSI_TAG(0x0008, 0x1090), offsetof(osarc_acquisition, model)},
    {OSI_TAG(0x0010, 0x0020), offsetof(osarc_acquisition, patient_id)},
    {OSI_TAG(0x0018, 0x1000), offsetof(osarc_acquisition, device_serial)},
    {OSI_TAG(0x0018, 0x5100), offsetof(osarc_acquisition, patient_position)},
    {OSI_TAG(0x0020, 0x000D), offsetof(osarc_acquisition, study_uid)},
    {OSI_TAG(0x0020, 0x000E), offsetof(osarc_acquisition, series_uid)},
    {OSI_TAG(0x0020, 0x0052), offsetof(osarc_acquisition, frame_of_reference_uid)},
};

static const struct {
    uint32_t tag;
    size_t offset;
} FACT_TEXT[] = {
    {OSI_TAG(0x0008, 0x0020), offsetof(osi_fact_text, study_date)},
    {OSI_TAG(0x0010, 0x0030), offsetof(osi_fact_text, birth_date)},
    {OSI_TAG(0x0010, 0x0040), offsetof(osi_fact_text, sex)},
    {OSI_TAG(0x0010, 0x1010), offsetof(osi_fact_text, age)},
    {OSI_TAG(0x0010, 0x1020), offsetof(osi_fact_text, height)},
    {OSI_TAG(0x0010, 0x1030), offsetof(osi_fact_text, weight)},
    {OSI_TAG(0x0018, 0x0010), offsetof(osi_fact_text, agent)},
    {OSI_TAG(0x0018, 0x1041), offsetof(osi_fact_text, contrast_volume)},
    {OSI_TAG(0x0018, 0x1042), offsetof(osi_fact_text, contrast_start)},
    {OSI_TAG(0x0018, 0x9342), offsetof(osi_fact_text, administered)},
    {OSI_TAG(0x0018, 0x9344), offsetof(osi_fact_text, contrast_phase)},
};

static const struct {
    uint32_t tag;
    size_t offset;
} ACQUISITION_NUMBERS[] = {
    {OSI_TAG(0x0018, 0x1100), offsetof(osarc_acquisition, reconstruction_diameter_mm)},
    {OSI_TAG(0x0018, 0x1130), offsetof(osarc_acquisition, table_height_mm)},
};

static void take_file_element(header_reader *reader, const uint8_t *data,
                              const osi_element *element)
{
    osi_header *header = reader->header;
    if (element->tag == OSI_TAG(0x0008, 0x0005))
        osi_value_text(reader->charset, sizeof(reader->charset), data, element, "");
    else if (element->tag == OSI_TAG(0x0008, 0x0016) && element->length)
        osi_value_text(header->sop_class_uid, OSARC_TEXT_SIZE, data, element, "");
    else if (element->tag == OSI_TAG(0x0018, 0x0012))
        reader->text.has_agent_sequence = element->length > 0;
    else if (element->tag == OSI_TAG(0x0040, 0x0303))
        reader->has_exposed_area = element->length > 0;
    for (size_t i = 0; i < sizeof(ACQUISITION_TEXT) / sizeof(ACQUISITION_TEXT[0]); i++)
        if (element->tag == ACQUISITION_TEXT[i].tag)
            osi_value_text((char *) &header->acquisition + ACQUISITION_TEXT[i].offset,
                           OSARC_TEXT_SIZE, data, element, reader->charset);
    for (size_t i = 0; i < sizeof(FACT_TEXT) / sizeof(FACT_TEXT[0]); i++)
        if (element->tag == FACT_TEXT[i].tag)
            osi_value_text((char *) &reader->text + FACT_TEXT[i].offset, OSARC_TEXT_SIZE, data,
                           element, reader->charset);
    for (size_t i = 0; i < sizeof(ACQUISITION_NUMBERS) / sizeof(ACQUISITION_NUMBERS[0]); i++)
        if (element->tag == ACQUISITION_NUMBERS[i].tag)
            osi_value_numbers(
                (double *) (void *) ((char *) &header->acquisition + ACQUISITION_NUMBERS[i].offset),
                1, data, element);
}

/* The sequences of one functional group item, each with one item that speaks of the frame. */
static void take_group(header_reader *reader, osi_frame *frame, const osi_cursor *parent,
                       const osi_element *group)
{
    osi_cursor groups = osi_element_inside(parent, group);
    osi_element macro;
    while (osi_element_next(&groups, &macro) == OSI_WALK_ELEMENT) {
        if (macro.tag == TAG_PIXEL_DATA)
            return;
        if (macro.vr[0] && memcmp(macro.vr, "SQ", 2) != 0)
            continue;
        osi_cursor items = osi_element_inside(&groups, &macro);
        osi_element item;
        if (osi_item_next(&items, &item) != OSI_WALK_ELEMENT)
            continue;
        osi_cursor inside = osi_element_inside(&items, &item);
        osi_element element;
        while (osi_element_next(&inside, &element) == OSI_WALK_ELEMENT) {
            if (element.tag == TAG_PIXEL_DATA)
                return;
            osi_take_frame_element(frame, inside.data, &element);
            if (element.tag >> 16 == 0x0018)
                take_file_element(reader, inside.data, &element);
        }
    }
}

static void take_shared_groups(header_reader *reader, const osi_cursor *cursor,
                               const osi_element *sequence)
{
    osi_cursor items = osi_element_inside(cursor, sequence);
    osi_element item;
    if (osi_item_next(&items, &item) == OSI_WALK_ELEMENT)
        take_group(reader, &reader->header->shared, &items, &item);
}

/* One frame a functional group item, or one frame in all. */
static osarc_status make_frames(header_reader *reader, const osi_cursor *cursor, osarc_error *err)
{
    osi_header *header = reader->header;
    osi_frame *shared = &header->shared;
    shared->patient_id = header->acquisition.patient_id;
    shared->study_uid = header->acquisition.study_uid;
    shared->series_uid = header->acquisition.series_uid;
    shared->frame_of_reference_uid = header->acquisition.frame_of_reference_uid;
    shared->rows = header->pixels.rows;
    shared->columns = header->pixels.columns;
    shared->bits_stored = header->pixels.bits_stored;
    shared->is_signed = header->pixels.is_signed;
    size_t count = reader->has_per_frame ? header->pixels.frames : 1;
    header->frames = osi_alloc(count ? count : 1, sizeof(*header->frames), err);
    if (!header->frames)
        return OSARC_ERR_MEMORY;
    osi_cursor items = {0};
    if (reader->has_per_frame)
        items = osi_element_inside(cursor, &reader->per_frame);
    for (size_t i = 0; i < count; i++) {
        osi_element item;
        if (reader->has_per_frame && osi_item_next(&items, &item) != OSI_WALK_ELEMENT)
            break;
        osi_frame *frame = &header->frames[header->frame_count++];
        *frame = *shared;
        frame->number = i;
        if (reader->has_per_frame)
            take_group(reader, frame, &items, &item);
    }
    return OSARC_OK;
}

static int is_listed_only(const header_reader *reader)
{
    osi_kind kind = osi_kind_of(reader->header->sop_class_uid, reader->header->acquisition.modality,
                                reader->header->shared.image_type, reader->has_exposed_area,
                                osi_is_colour(&reader->header->pixels));
    /* of what may come from a densitometer the pixels are wanted, too */
    if (osi_projection_modality(reader->header->acquisition.modality) &&
        !osi_is_colour(&reader->header->pixels))
        return 0;
    return kind != OSI_KIND_CT && kind != OSI_KIND_DICOMDIR && kind != OSI_KIND_NO_IMAGE;
}

/* OSI_WALK_ELEMENT when all that is needed was read; OSI_WALK_END when the bytes ran out before. */
static osi_walk take_elements(header_reader *reader, osi_cursor *cursor)
{
    osi_element element;
    for (;;) {
        osi_walk walk = osi_element_next(cursor, &element);
        if (element.tag > TAG_LISTING_END && is_listed_only(reader))
            return OSI_WALK_ELEMENT;
        if (walk != OSI_WALK_ELEMENT)
            return walk;
        take_file_element(reader, cursor->data, &element);
        osi_take_projection_element(&reader->header->projection, cursor->data, &element);
        osi_take_frame_element(&reader->header->shared, cursor->data, &element);
        osi_take_pixel_element(reader->header, cursor->data, &element);
        osi_take_results_element(reader->header, &reader->results_block, cursor->data, &element);
        if (element.tag == TAG_SHARED_GROUPS)
            take_shared_groups(reader, cursor, &element);
        if (element.tag == TAG_PER_FRAME_GROUPS) {
            reader->per_frame = element;
            reader->has_per_frame = 1;
        }
        if (element.tag == TAG_PIXEL_DATA)
            return OSI_WALK_ELEMENT;
    }
}

static osi_header *create_header(osarc_error *err)
{
    osi_header *header = osi_alloc(1, sizeof(*header), err);
    if (!header)
        return NULL;
    osarc_acquisition_init(&header->acquisition);
    osi_projection_init(&header->projection);
    header->pixels.samples = 1;
    header->pixels.frames = 1;
    osi_frame *frame = &header->shared;
    double *const absent[] = {frame->position_mm,
                              frame->position_mm + 1,
                              frame->position_mm + 2,
                              frame->row,
                              frame->row + 1,
                              frame->row + 2,
                              frame->column,
                              frame->column + 1,
                              frame->column + 2,
                              frame->spacing_mm,
                              frame->spacing_mm + 1,
                              &frame->thickness_mm,
                              &frame->kvp,
                              &frame->slope,
                              &frame->intercept,
                              &frame->acquisition_number,
                              &frame->temporal_position};
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        *absent[i] = NAN;
    return header;
}

static osarc_status finish(header_reader *reader, const osi_cursor *cursor, osarc_error *err)
{
    osi_header *header = reader->header;
    osarc_status status = make_frames(reader, cursor, err);
    if (status)
        return status;
    osi_facts_take(header, &reader->text);
    const osi_frame *first = header->frame_count ? &header->frames[0] : &header->shared;
    header->acquisition.kvp = first->kvp;
    header->acquisition.slice_thickness_mm = first->thickness_mm;
    memcpy(header->acquisition.kernel, first->kernel, sizeof(first->kernel));
    header->kind =
        osi_kind_of(header->sop_class_uid, header->acquisition.modality, first->image_type,
                    reader->has_exposed_area, osi_is_colour(&header->pixels));
    return OSARC_OK;
}

static osarc_status read_data_set(osi_header **out, size_t *need_out, osi_cursor *cursor,
                                  const osi_start *start, int whole, osarc_error *err)
{
    header_reader reader = {.header = create_header(err)};
    if (!reader.header)
        return OSARC_ERR_MEMORY;
    osi_header *header = reader.header;
    osi_start_describe(header, start);
    header->pixels.big_endian = cursor->encoding.big_endian;
    size_t begin = cursor->at;
    osarc_status status = OSARC_OK;
    osi_walk walk = take_elements(&reader, cursor);
    /* of a few bytes alone it cannot be said that they are bad: the encoding is judged by them */
    int is_early = walk == OSI_WALK_END || (walk == OSI_WALK_BAD && cursor->size < JUDGED_BYTES);
    if (!whole && (walk == OSI_WALK_MORE || is_early)) {
        *need_out = walk == OSI_WALK_MORE ? cursor->need : cursor->size + 1;
        osi_header_free(header);
        return OSARC_OK;
    }
    if (walk == OSI_WALK_BAD && !header->sop_class_uid[0] && !header->acquisition.modality[0])
        status = osi_fail(err, OSARC_ERR_FORMAT,
                          "DICOM, but its data elements are damaged or nested over %d deep",
                          OSI_NESTING_LIMIT);
    else if (cursor->at == begin && walk != OSI_WALK_ELEMENT)
        status = osi_fail(err, OSARC_ERR_FORMAT, "DICOM without a single whole data element");
    header->truncated = walk == OSI_WALK_MORE || walk == OSI_WALK_BAD;
    if (!status)
        status = finish(&reader, cursor, err);
    if (status) {
        osi_header_free(header);
        return status;
    }
    *out = header;
    return OSARC_OK;
}

osarc_status osi_header_read(osi_header **out, size_t *need_out, const uint8_t *bytes, size_t size,
                             int whole, osarc_error *err)
{
    *out = NULL;
    *need_out = 0;
    osi_start start;
    osi_cursor cursor = {.data = bytes, .size = size};
    if (!osi_start_find(&start, bytes, size))
        return osi_fail(err, OSARC_ERR_FORMAT, "not DICOM");
    cursor.at = start.offset;
    cursor.encoding = start.encoding;
    return read_data_set(out, need_out, &cursor, &start, whole, err);
}

osarc_status osi_header_read_inflated(osi_header **out, const uint8_t *bytes, size_t size,
                                      osarc_error *err)
{
    *out = NULL;
    size_t need = 0;
    osi_start start = {.encoding = {.explicit_vr = 1}};
    osi_cursor cursor = {.data = bytes, .size = size, .encoding = start.encoding};
    osarc_status status = read_data_set(out, &need, &cursor, &start, 1, err);
    if (!status) {
        (*out)->deflated = 1;
        (*out)->inflated_size = size;
    }
    return status;
}

void osi_header_free(osi_header *header)
{
    if (!header)
        return;
    osi_free(header->frames);
    osi_free(header);
}
