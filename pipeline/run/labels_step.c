/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "labels_step.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/vertebra.h>
#include <osi/fail.h>
#include <osi/threads.h>

#define SAME_GRID_MM 0.01

/* A map may end this far inside the scan's outermost voxel centres, in its own voxels. */
#define SHORT_BY 0.51

osarc_status labels_read(osarc_label_file **out, const char *path, int threads, osarc_error *err)
{
    const osarc_label_options options = {.threads = threads};
    osarc_status status = osarc_label_file_read(out, path, &options, NULL, err);
    if (status)
        return osi_fail_context(err, status, path);
    if (osarc_label_file_format(*out) != OSARC_LABELS_RTSTRUCT)
        return OSARC_OK;
    osarc_label_file_free(*out);
    *out = NULL;
    return osi_fail(err, OSARC_ERR_UNSUPPORTED,
                    "%s is a structure set of contours: as labels a NIfTI map or a DICOM "
                    "Segmentation is needed",
                    path);
}

/* Lower-case letters and digits of a name, words apart by one blank. */
static void simplify(char *out, size_t room, const char *name)
{
    size_t used = 0;
    for (; *name && used + 2 < room; name++) {
        if (isalnum((unsigned char) *name))
            out[used++] = (char) tolower((unsigned char) *name);
        else if (used && out[used - 1] != ' ')
            out[used++] = ' ';
    }
    while (used && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

static int is_word(const char *word, size_t size, const char *wanted)
{
    return strlen(wanted) == size && strncmp(word, wanted, size) == 0;
}

/* What is left of a name of a vertebra without the word itself: "l3". */
static void strip_vertebra(char *text)
{
    static const char *const WORDS[] = {"vertebra", "vertebrae", "vertebral", "body", "bone"};
    char out[64] = "";
    size_t used = 0;
    for (const char *at = text; *at;) {
        size_t size = strcspn(at, " ");
        int drop = 0;
        for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
            drop |= is_word(at, size, WORDS[i]);
        if (!drop && used + size + 2 < sizeof(out)) {
            used += (size_t) snprintf(out + used, sizeof(out) - used, "%s%.*s", used ? " " : "",
                                      (int) size, at);
        }
        at += size;
        at += *at == ' ';
    }
    snprintf(text, 64, "%s", out);
}

uint8_t labels_structure_of(const char *name)
{
    char wanted[64];
    size_t count;
    const osarc_label *labels = osarc_structure_labels(&count);
    simplify(wanted, sizeof(wanted), name);
    strip_vertebra(wanted);
    if (!wanted[0])
        return 0;
    for (size_t i = 0; i < count; i++) {
        char known[64];
        simplify(known, sizeof(known), labels[i].name);
        strip_vertebra(known);
        if (strcmp(known, wanted) == 0)
            return labels[i].number;
    }
    return 0;
}

/* Concepts of SNOMED CT. */
uint8_t labels_structure_of_code(const char *code)
{
    static const struct {
        const char *code;
        uint8_t number;
    } CODES[] = {{"SCT:54735007", 25}, {"SCT:49668003", 27}, {"SCT:11994002", 28},
                 {"SCT:36470004", 29}, {"SCT:14293000", 30}, {"SCT:66794005", 31},
                 {"SCT:23215003", 32}};
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++)
        if (strcmp(CODES[i].code, code) == 0)
            return CODES[i].number;
    return 0;
}

/* By its name, else by its code; a segment that says both and differently is not guessed at. */
static osarc_status read_meaning(uint8_t *out, const osarc_label_file *labels,
                                 const osarc_label *segment, osarc_error *err)
{
    uint8_t by_name = labels_structure_of(segment->name);
    uint8_t by_code = labels_structure_of_code(osarc_label_file_code(labels, segment->number));
    *out = by_name ? by_name : by_code;
    if (!by_name || !by_code || by_name == by_code)
        return OSARC_OK;
    return osi_fail(err, OSARC_ERR_QUALITY,
                    "segment %d of the label file is named as %s and coded as %s", segment->number,
                    osarc_vertebra_name(by_name), osarc_vertebra_name(by_code));
}

/* What each number of a file stands for. */
static osarc_status read_meanings(uint8_t meanings[256], const osarc_label_file *labels,
                                  osarc_error *err)
{
    int any = 0;
    for (int i = 0; i < 256; i++)
        meanings[i] = (uint8_t) i;
    if (osarc_label_file_format(labels) == OSARC_LABELS_NIFTI)
        return OSARC_OK;
    size_t count;
    const osarc_label *names = osarc_label_file_names(labels, &count);
    memset(meanings, 0, 256);
    for (size_t i = 0; i < count; i++) {
        osarc_status status = read_meaning(&meanings[names[i].number], labels, &names[i], err);
        if (status)
            return status;
        any |= meanings[names[i].number];
    }
    if (any)
        return OSARC_OK;
    return osi_fail(err, OSARC_ERR_QUALITY,
                    "no segment of the label file is named or coded as a known structure, such as "
                    "vertebrae_L3");
}

static int covers(const osarc_grid *map, const osarc_grid *grid)
{
    for (int corner = 0; corner < 8; corner++) {
        double ijk[3];
        double lps[3];
        for (int a = 0; a < 3; a++)
            ijk[a] = (corner >> a) & 1 ? (double) grid->size[a] - 1 : 0;
        osarc_grid_position_mm(grid, ijk, lps);
        osarc_grid_index(map, lps, ijk);
        for (int a = 0; a < 3; a++)
            if (!(ijk[a] >= -0.5 - SHORT_BY && ijk[a] <= (double) map->size[a] - 0.5 + SHORT_BY))
                return 0;
    }
    return 1;
}

static osarc_status check_place(const osarc_label_file *labels, const osarc_grid *map,
                                const osarc_grid *grid, const osarc_acquisition *acquisition,
                                osarc_error *err)
{
    if (osarc_label_file_format(labels) == OSARC_LABELS_NIFTI) {
        if (covers(map, grid))
            return OSARC_OK;
        return osi_fail(err, OSARC_ERR_GEOMETRY, "the label map does not cover this scan");
    }
    const char *theirs = osarc_label_file_frame_of_reference(labels);
    if (theirs[0] && strcmp(theirs, acquisition->frame_of_reference_uid) == 0)
        return OSARC_OK;
    return osi_fail(err, OSARC_ERR_GEOMETRY,
                    "the segmentation lies in another frame of reference than this scan");
}

/* Labels of one layer over what is there already; a voxel that two layers claim keeps the first. */
static void resample(uint8_t *out, const osarc_grid *grid, const osarc_mask *layer,
                     const uint8_t meanings[256], int threads)
{
    const osarc_grid *map = osarc_mask_grid(layer);
    const uint8_t *labels = osarc_mask_labels(layer);
    const size_t rows = grid->size[1] * grid->size[2];
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t r = 0; r < rows; r++) {
        double lps[3];
        double from[3];
        double next[3];
        size_t j = r % grid->size[1];
        size_t k = r / grid->size[1];
        osarc_grid_position_mm(grid, (double[3]){0, (double) j, (double) k}, lps);
        osarc_grid_index(map, lps, from);
        for (int c = 0; c < 3; c++)
            lps[c] += grid->spacing_mm[0] * grid->direction[0][c];
        osarc_grid_index(map, lps, next);
        for (size_t i = 0; i < grid->size[0]; i++) {
            size_t at[3];
            int inside = 1;
            for (int a = 0; a < 3 && inside; a++) {
                double index = floor(from[a] + (double) i * (next[a] - from[a]) + 0.5);
                inside = index >= 0 && index < (double) map->size[a];
                at[a] = inside ? (size_t) index : 0;
            }
            if (!inside)
                continue;
            uint8_t label = meanings[labels[(at[2] * map->size[1] + at[1]) * map->size[0] + at[0]]];
            uint8_t *to = &out[r * grid->size[0] + i];
            if (label && !*to)
                *to = label;
        }
    }
}

/* Tissue numbers 1 to 4 are the same in TotalSegmentator's `tissue_4_types`. */
static const struct {
    const char *name;
    uint8_t number;
} TISSUES[] = {{"subcutaneous fat", OSARC_TISSUE_SUBCUTANEOUS_FAT},
               {"torso fat", OSARC_TISSUE_VISCERAL_FAT},
               {"visceral fat", OSARC_TISSUE_VISCERAL_FAT},
               {"skeletal muscle", OSARC_TISSUE_MUSCLE},
               {"intermuscular fat", OSARC_TISSUE_INTERMUSCULAR_FAT}};

static uint8_t tissue_of(const char *name)
{
    char wanted[64];
    simplify(wanted, sizeof(wanted), name);
    for (size_t i = 0; i < sizeof(TISSUES) / sizeof(TISSUES[0]); i++)
        if (strcmp(TISSUES[i].name, wanted) == 0)
            return TISSUES[i].number;
    return 0;
}

/* Returns whether any number stands for a tissue. */
static int read_tissue_meanings(uint8_t meanings[256], const osarc_label_file *labels)
{
    int any = 0;
    size_t count;
    memset(meanings, 0, 256);
    if (osarc_label_file_format(labels) == OSARC_LABELS_NIFTI) {
        for (int i = 1; i <= OSARC_TISSUE_INTERMUSCULAR_FAT; i++)
            meanings[i] = (uint8_t) i;
        return 1;
    }
    const osarc_label *names = osarc_label_file_names(labels, &count);
    for (size_t i = 0; i < count; i++) {
        meanings[names[i].number] = tissue_of(names[i].name);
        any |= meanings[names[i].number];
    }
    return any;
}

int labels_are_tissues(const osarc_label_file *labels)
{
    uint8_t meanings[256];
    uint64_t counts[256];
    size_t count;
    const osarc_mask *const *layers = osarc_label_file_layers(labels, &count);
    if (osarc_label_file_format(labels) != OSARC_LABELS_NIFTI)
        return read_tissue_meanings(meanings, labels);
    if (count == 0)
        return 0;
    osarc_mask_counts(layers[0], counts);
    for (int i = OSARC_TISSUE_INTERMUSCULAR_FAT + 1; i < 256; i++)
        if (counts[i])
            return 0;
    return counts[OSARC_TISSUE_MUSCLE] > 0;
}

osarc_status labels_on_grid(osarc_mask **out, const osarc_label_file *labels, int tissues,
                            const osarc_grid *grid, const osarc_acquisition *acquisition,
                            osarc_notes *notes, int threads, osarc_error *err)
{
    uint8_t meanings[256];
    size_t count;
    *out = NULL;
    const osarc_mask *const *layers = osarc_label_file_layers(labels, &count);
    if (count == 0)
        return osi_fail(err, OSARC_ERR_QUALITY, "the label file holds no label");
    const osarc_grid *map = osarc_mask_grid(layers[0]);
    osarc_status status = OSARC_OK;
    if (tissues)
        (void) read_tissue_meanings(meanings, labels);
    else
        status = read_meanings(meanings, labels, err);
    if (!status)
        status = check_place(labels, map, grid, acquisition, err);
    if (status)
        return status;
    osarc_mask *mask = NULL;
    status = osarc_mask_create(&mask, grid, err);
    for (size_t i = 0; i < count && !status; i++)
        resample(osarc_mask_fill(mask), grid, layers[i], meanings, threads);
    if (!status && !osarc_grid_same(map, grid, SAME_GRID_MM))
        status = osarc_notes_add(notes, OSARC_NOTE_INFO, "labels_resampled", err,
                                 "labels come on another grid: the nearest voxel was taken");
    if (status)
        osarc_mask_free(mask);
    else
        *out = mask;
    return status;
}
