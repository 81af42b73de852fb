/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "facts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include <osi/text.h>

/* Outside these a header is taken to be wrong, not the person: limits of plausibility only. */
static const struct {
    double age_years[2];
    double height_m[2];
    double weight_kg[2];
} PLAUSIBLE = {.age_years = {0.001, 120}, .height_m = {0.3, 2.6}, .weight_kg = {2, 400}};

static int is_plausible(double value, const double limits[2])
{
    return value >= limits[0] && value <= limits[1];
}

static int digits(const char *text, size_t count, double *value_out)
{
    *value_out = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        *value_out = *value_out * 10 + (text[i] - '0');
    }
    return 1;
}

/* "049Y", "018M", "006W", "010D". */
static double read_age_years(const char *text)
{
    double count;
    size_t size = strlen(text);
    if (size < 2 || size > 4 || !digits(text, size - 1, &count))
        return NAN;
    switch (text[size - 1]) {
    case 'Y':
        return count;
    case 'M':
        return count / 12;
    case 'W':
        return count * 7 / 365.25;
    case 'D':
        return count / 365.25;
    default:
        return NAN;
    }
}

/* Whole years between "YYYYMMDD" texts. */
static double years_between(const char *from, const char *to)
{
    double a[3];
    double b[3];
    static const size_t START[] = {0, 4, 6};
    static const size_t COUNT[] = {4, 2, 2};
    if (strlen(from) != 8 || strlen(to) != 8)
        return NAN;
    for (int i = 0; i < 3; i++)
        if (!digits(from + START[i], COUNT[i], &a[i]) || !digits(to + START[i], COUNT[i], &b[i]))
            return NAN;
    double years = b[0] - a[0];
    if (b[1] < a[1] || (b[1] <= a[1] && b[2] < a[2]))
        years -= 1;
    return years;
}

/* Absent stays NAN without a doubt; present and impossible is NAN with one. */
static double believe(const char *text, double value, const double limits[2], unsigned doubt,
                      unsigned *doubts)
{
    if (is_plausible(value, limits))
        return value;
    if (text[0])
        *doubts |= doubt;
    return NAN;
}

static int says_none(const char *agent)
{
    static const char *const NONE[] = {"NONE", "NO", "N", "NO CONTRAST", "WITHOUT", "OFF"};
    for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++)
        if (strcasecmp(agent, NONE[i]) == 0)
            return 1;
    return 0;
}

static osarc_contrast read_contrast(const osi_fact_text *text)
{
    double volume = NAN;
    osi_number_read(text->contrast_volume, &volume);
    if (text->agent[0] && !says_none(text->agent))
        return OSARC_CONTRAST_GIVEN;
    if (strcasecmp(text->administered, "YES") == 0)
        return OSARC_CONTRAST_GIVEN;
    if (text->agent[0] || strcasecmp(text->administered, "NO") == 0)
        return OSARC_CONTRAST_NONE;
    if (text->has_agent_sequence || text->contrast_start[0] || text->contrast_phase[0] ||
        volume > 0)
        return OSARC_CONTRAST_GIVEN;
    return OSARC_CONTRAST_UNKNOWN;
}

void osi_facts_take(osi_header *header, const osi_fact_text *text)
{
    osarc_acquisition *facts = &header->acquisition;
    if (strcmp(text->sex, "F") == 0)
        facts->sex = OSARC_SEX_FEMALE;
    else if (strcmp(text->sex, "M") == 0)
        facts->sex = OSARC_SEX_MALE;
    double age = text->age[0] ? read_age_years(text->age)
                              : years_between(text->birth_date, text->study_date);
    const char *age_text = text->age[0] ? text->age : text->study_date[0] ? text->birth_date : "";
    facts->age_years = believe(age_text, age, PLAUSIBLE.age_years, OSI_DOUBT_AGE, &header->doubts);
    double value;
    osi_number_read(text->height, &value);
    facts->height_m =
        believe(text->height, value, PLAUSIBLE.height_m, OSI_DOUBT_HEIGHT, &header->doubts);
    osi_number_read(text->weight, &value);
    facts->weight_kg =
        believe(text->weight, value, PLAUSIBLE.weight_kg, OSI_DOUBT_WEIGHT, &header->doubts);
    facts->contrast = read_contrast(text);
    if (strlen(text->study_date) == 8 && strspn(text->study_date, "0123456789") == 8)
        memcpy(facts->study_date, text->study_date, 9);
}

#define CLASS "1.2.840.10008.5.1.4.1.1."

/* A class ending in '.' stands for all below it. */
static const struct {
    const char *uid;
    osi_kind kind;
} CLASSES[] = {
    {"1.2.840.10008.1.3.10", OSI_KIND_DICOMDIR},
    {CLASS "2", OSI_KIND_CT},
    {CLASS "2.1", OSI_KIND_CT},
    {CLASS "2.2", OSI_KIND_CT},
    {CLASS "4", OSI_KIND_MR},
    {CLASS "4.", OSI_KIND_MR},
    {CLASS "7", OSI_KIND_SECONDARY_CAPTURE},
    {CLASS "7.", OSI_KIND_SECONDARY_CAPTURE},
    {CLASS "88.", OSI_KIND_DOCUMENT},
    {CLASS "104.", OSI_KIND_DOCUMENT},
    {CLASS "11.", OSI_KIND_DOCUMENT},
    {CLASS "66.4", OSI_KIND_SEGMENTATION},
    {CLASS "66.5", OSI_KIND_SEGMENTATION},
    {CLASS "481.3", OSI_KIND_CONTOURS},
    {CLASS "481.", OSI_KIND_RADIOTHERAPY},
};

static int class_matches(const char *uid, const char *pattern)
{
    size_t size = strlen(pattern);
    return pattern[size - 1] == '.' ? strncmp(uid, pattern, size) == 0 : strcmp(uid, pattern) == 0;
}

/* One of the backslash-separated values, from the third on. */
static int type_has(const char *image_type, const char *word)
{
    size_t size = strlen(word);
    int place = 0;
    for (const char *value = image_type; value; place++) {
        const char *end = strchr(value, '\\');
        size_t length = end ? (size_t) (end - value) : strlen(value);
        if (place >= 2 && length == size && strncasecmp(value, word, size) == 0)
            return 1;
        value = end ? end + 1 : NULL;
    }
    return 0;
}

static osi_kind kind_of_ct(const char *image_type, int is_colour)
{
    static const char *const SCOUTS[] = {"LOCALIZER", "SCOUT", "SURVIEW", "TOPOGRAM"};
    static const char *const MAPS[] = {"MIP",
                                       "MAX_IP",
                                       "MINIP",
                                       "MIN_IP",
                                       "PROJECTION IMAGE",
                                       "VOLUME_RENDER",
                                       "SSD",
                                       "PERFUSION",
                                       "RCBF",
                                       "RCBV",
                                       "CBF",
                                       "CBV",
                                       "MTT",
                                       "TTP",
                                       "TMAX",
                                       "MAT_SPECIFIC",
                                       "IODINE",
                                       "Z_EFF",
                                       "EFF_ATOMIC_NUM",
                                       "ELECTRON_DENSITY"};
    for (size_t i = 0; i < sizeof(SCOUTS) / sizeof(SCOUTS[0]); i++)
        if (type_has(image_type, SCOUTS[i]))
            return OSI_KIND_LOCALIZER;
    for (size_t i = 0; i < sizeof(MAPS) / sizeof(MAPS[0]); i++)
        if (type_has(image_type, MAPS[i]))
            return OSI_KIND_DERIVED_MAP;
    return is_colour ? OSI_KIND_SECONDARY_CAPTURE : OSI_KIND_CT;
}

int osi_is_colour(const osi_pixels *pixels)
{
    return pixels->is_colour || pixels->samples > 1;
}

osi_kind osi_kind_of(const char *sop_class_uid, const char *modality, const char *image_type,
                     int has_exposed_area, int is_colour)
{
    static const struct {
        const char *modality;
        osi_kind kind;
    } MODALITIES[] = {{"CT", OSI_KIND_CT},
                      {"MR", OSI_KIND_MR},
                      {"SR", OSI_KIND_DOCUMENT},
                      {"DOC", OSI_KIND_DOCUMENT},
                      {"PR", OSI_KIND_DOCUMENT},
                      {"KO", OSI_KIND_DOCUMENT},
                      {"SEG", OSI_KIND_SEGMENTATION},
                      {"RTSTRUCT", OSI_KIND_CONTOURS},
                      {"RTPLAN", OSI_KIND_RADIOTHERAPY},
                      {"RTDOSE", OSI_KIND_RADIOTHERAPY},
                      {"BMD", OSI_KIND_DXA}};
    osi_kind kind = modality[0] ? OSI_KIND_OTHER_MODALITY : OSI_KIND_NO_IMAGE;
    size_t count = sizeof(MODALITIES) / sizeof(MODALITIES[0]);
    for (size_t i = 0; i < count; i++)
        if (strcmp(modality, MODALITIES[i].modality) == 0)
            kind = MODALITIES[i].kind;
    count = sizeof(CLASSES) / sizeof(CLASSES[0]);
    for (size_t i = 0; i < count; i++) {
        if (class_matches(sop_class_uid, CLASSES[i].uid)) {
            /* bone densitometers store secondary captures and radiographs: keep the modality */
            if (kind == OSI_KIND_DXA)
                break;
            /* CT that calls itself something else is neither */
            int is_other = CLASSES[i].kind == OSI_KIND_CT && modality[0] && kind != OSI_KIND_CT;
            if (!is_other)
                kind = CLASSES[i].kind;
            else if (kind != OSI_KIND_MR)
                kind = OSI_KIND_OTHER_MODALITY;
            break;
        }
    }
    if (kind == OSI_KIND_OTHER_MODALITY && has_exposed_area && strcmp(modality, "CR") == 0)
        return OSI_KIND_DXA;
    return kind == OSI_KIND_CT ? kind_of_ct(image_type, is_colour) : kind;
}

static const struct {
    const char *word;
    const char *text;
} KINDS[OSI_KIND_COUNT] = {
    [OSI_KIND_CT] = {"ct", "CT slices"},
    [OSI_KIND_LOCALIZER] = {"localizer", "a localizer (scout) image, not a volume"},
    [OSI_KIND_SECONDARY_CAPTURE] = {"secondary_capture", "a screen capture, not a volume in HU"},
    [OSI_KIND_DERIVED_MAP] = {"derived_map", "a map or projection made from CT, not HU"},
    [OSI_KIND_DXA] = {"dxa", "an image of a bone densitometer"},
    [OSI_KIND_DOCUMENT] = {"document", "a document, not an image"},
    [OSI_KIND_CONTOURS] = {"rtstruct", "contours drawn on another series"},
    [OSI_KIND_SEGMENTATION] = {"segmentation", "a segmentation of another series"},
    [OSI_KIND_RADIOTHERAPY] = {"radiotherapy", "a radiotherapy plan, dose or record"},
    [OSI_KIND_MR] = {"mr", "a magnetic resonance image: its values are not HU"},
    [OSI_KIND_OTHER_MODALITY] = {"other_modality", "an image of a modality that is not CT"},
    [OSI_KIND_DICOMDIR] = {"dicomdir", "a DICOMDIR: a list of other files"},
    [OSI_KIND_NO_IMAGE] = {"no_image", "a DICOM file of no known class"},
};

const char *osi_kind_word(osi_kind kind)
{
    return (unsigned) kind < OSI_KIND_COUNT ? KINDS[kind].word : "unknown";
}

const char *osi_kind_text(osi_kind kind)
{
    return (unsigned) kind < OSI_KIND_COUNT ? KINDS[kind].text : "unknown";
}
