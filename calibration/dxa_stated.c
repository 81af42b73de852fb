/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <osarc/forearm_region.h>
#include <osi/fail.h>

#include "dxa.h"
#include "json_file.h"

static const struct {
    file_number number;
    size_t offset;
} NUMBERS[] = {{{"spacing_mm", 0.05, 20, 0}, offsetof(osarc_dxa_stated, spacing_mm)},
               {{"kvp", 20, 300, 0}, offsetof(osarc_dxa_stated, kvp)},
               {{"energy_kev", 20, 150, 0}, offsetof(osarc_dxa_stated, energy_kev)},
               {{"air", -1e9, 1e9, 0}, offsetof(osarc_dxa_stated, air)}};
#define NUMBER_COUNT (sizeof(NUMBERS) / sizeof(NUMBERS[0]))

static const struct {
    const char *word;
    osarc_bmd_scale scale;
} SCALES[] = {{"hologic", OSARC_BMD_HOLOGIC},
              {"lunar", OSARC_BMD_LUNAR},
              {"norland", OSARC_BMD_NORLAND},
              {"standardized", OSARC_BMD_STANDARDIZED}};

static osarc_status read_words(osarc_dxa_stated *out, const json_t *root, osarc_error *err)
{
    char word[32];
    osarc_status status = OSARC_OK;
    if (json_object_get(root, "values")) {
        status = file_get_text(word, sizeof(word), root, "file", "values", 0, err);
        out->values = strcmp(word, "intensity") == 0 ? 1 : strcmp(word, "attenuation") == 0 ? 2 : 0;
        if (!status && !out->values)
            status =
                osi_fail(err, OSARC_ERR_FORMAT, "key 'values': intensity or attenuation is needed");
    }
    if (!status && json_object_get(root, "side")) {
        status = file_get_text(word, sizeof(word), root, "file", "side", 0, err);
        if (!status)
            out->side = strcmp(word, "left") == 0    ? OSARC_SIDE_LEFT
                        : strcmp(word, "right") == 0 ? OSARC_SIDE_RIGHT
                                                     : OSARC_SIDE_UNKNOWN;
        if (!status && !out->side)
            status = osi_fail(err, OSARC_ERR_FORMAT, "key 'side': left or right is needed");
    }
    if (!status && json_object_get(root, "scale")) {
        status = file_get_text(word, sizeof(word), root, "file", "scale", 0, err);
        for (size_t s = 0; !status && s < sizeof(SCALES) / sizeof(SCALES[0]); s++)
            if (strcmp(word, SCALES[s].word) == 0)
                out->scale = SCALES[s].scale;
        if (!status && out->scale == OSARC_BMD_SCALE_UNKNOWN)
            status = osi_fail(err, OSARC_ERR_FORMAT,
                              "key 'scale': hologic, lunar, norland or standardized is needed");
    }
    if (!status && json_object_get(root, "view")) {
        status = file_get_text(word, sizeof(word), root, "file", "view", 0, err);
        for (int v = 1; !status && v < OSARC_DXA_VIEW_COUNT; v++)
            if (strcmp(word, osarc_dxa_view_name((osarc_dxa_view) v)) == 0) {
                out->view = (osarc_dxa_view) v;
                out->has_view = 1;
            }
        if (!status && !out->has_view)
            status = osi_fail(err, OSARC_ERR_FORMAT,
                              "key 'view': ap_spine, left_femur, right_femur, total_body, forearm, "
                              "lateral_spine, knee or calibration_wedge is needed");
    }
    return status;
}

osarc_status osarc_dxa_stated_read(osarc_dxa_stated *out, const char *path, osarc_error *err)
{
    static const char *const KEYS[] = {"values", "view",  "spacing_mm", "kvp",        "energy_kev",
                                       "air",    "scale", "side",       "forearm_mm", NULL};
    static const file_number FOREARM = {"forearm_mm", OSARC_FOREARM_LEAST_MM, OSARC_FOREARM_MOST_MM,
                                        0};
    json_t *root = NULL;
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path and room for what it says are needed");
    osarc_dxa_stated_init(out);
    osarc_status status = file_open(&root, path, err);
    if (!status)
        status = file_check_keys(root, "file", KEYS, err);
    if (!status)
        status = read_words(out, root, err);
    for (size_t i = 0; !status && i < NUMBER_COUNT; i++)
        if (json_object_get(root, NUMBERS[i].number.key))
            status = file_get_numbers((double *) (void *) ((char *) out + NUMBERS[i].offset), 2,
                                      root, "file", &NUMBERS[i].number, err);
    if (!status && json_object_get(root, FOREARM.key))
        status = file_get_number(&out->forearm_mm, root, "file", &FOREARM, err);
    json_decref(root);
    if (status)
        osarc_dxa_stated_init(out);
    return status;
}
