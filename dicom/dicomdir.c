/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "header.h"

#include <string.h>

#include <osi/fail.h>

#include "value.h"

#define TAG_RECORDS OSI_TAG(0x0004, 0x1220)
#define TAG_FILE_ID OSI_TAG(0x0004, 0x1500)

#define PATH_BYTES 256

/* "DIR\FILE" to "DIR/FILE"; 0 when it could lead out of the folder. */
static int make_path(char out[PATH_BYTES], const uint8_t *data, const osi_element *element)
{
    size_t used = 0;
    for (size_t i = 0; i < element->length; i++) {
        char c = (char) data[element->value + i];
        if (c == '\0' || used + 1 >= PATH_BYTES || c == '/')
            break;
        out[used++] = (char) (c == '\\' ? '/' : c);
    }
    while (used && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
    return used && out[0] != '/' && !strstr(out, "..");
}

osarc_status osi_dicomdir_read(const uint8_t *bytes, size_t size,
                               osarc_status (*found)(void *payload, const char *path,
                                                     osarc_error *err),
                               void *payload, osarc_error *err)
{
    osi_start start;
    if (!osi_start_find(&start, bytes, size))
        return osi_fail(err, OSARC_ERR_FORMAT, "not a DICOMDIR");
    osi_cursor cursor = {
        .data = bytes, .size = size, .at = start.offset, .encoding = start.encoding};
    osi_element element;
    while (osi_element_next(&cursor, &element) == OSI_WALK_ELEMENT) {
        if (element.tag != TAG_RECORDS)
            continue;
        osi_cursor records = osi_element_inside(&cursor, &element);
        osi_element record;
        while (osi_item_next(&records, &record) == OSI_WALK_ELEMENT) {
            osi_cursor inside = osi_element_inside(&records, &record);
            osi_element field;
            while (osi_element_next(&inside, &field) == OSI_WALK_ELEMENT) {
                char path[PATH_BYTES];
                if (field.tag != TAG_FILE_ID || !make_path(path, bytes, &field))
                    continue;
                osarc_status status = found(payload, path, err);
                if (status)
                    return status;
            }
        }
        return OSARC_OK;
    }
    return osi_fail(err, OSARC_ERR_FORMAT, "a DICOMDIR without directory records");
}
