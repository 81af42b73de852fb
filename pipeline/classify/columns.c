/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "columns.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include <osarc/reference.h>
#include <osi/text.h>

#define YES_NO     "yes|no"
#define SCORE_TEXT "-" OSI_TEXT_OF(OSARC_SCORE_MOST) " to " OSI_TEXT_OF(OSARC_SCORE_MOST)
#define T_SCORE    OSI_NUMBER, -OSARC_SCORE_MOST, OSARC_SCORE_MOST, "a T-score, " SCORE_TEXT, NULL
#define Z_SCORE    OSI_NUMBER, -OSARC_SCORE_MOST, OSARC_SCORE_MOST, "a Z-score, " SCORE_TEXT, NULL
#define BMD                                                                                        \
    OSI_NUMBER, OSARC_BMD_LEAST_G_CM2, OSARC_BMD_MOST_G_CM2,                                       \
        "g/cm2, " OSI_TEXT_OF(OSARC_BMD_LEAST_G_CM2) " to " OSI_TEXT_OF(OSARC_BMD_MOST_G_CM2),     \
        NULL
#define WORDS(list) OSI_WORD, 0, 0, "one of " list, list
#define TEXT        OSI_TEXT, 0, 0, "text", NULL

/* Ranges are wide on purpose: they catch another unit or a slip of the pen, not a sick patient. */
static const osi_column COLUMNS[] = {
    {"patient_id", TEXT},
    {"sex", WORDS("F|M")},
    {"age_years", OSI_NUMBER, 0, 120, "years, 0 to 120", NULL},
    {"height_m", OSI_NUMBER, 0.5, 2.5, "metres, 0.5 to 2.5", NULL},
    {"weight_kg", OSI_NUMBER, 2, 400, "kg, 2 to 400", NULL},
    {"menopausal", WORDS("pre|peri|post")},
    {"overrules_header", WORDS(YES_NO)},
    {"ancestry", TEXT},
    {"grip_kg", OSI_NUMBER, 0, 120, "kg, 0 to 120", NULL},
    {"gait_speed_m_s", OSI_NUMBER, 0, 4, "m/s, 0 to 4", NULL},
    {"gait_distance_m", OSI_NUMBER, 1, 400, "metres, 1 to 400", NULL},
    {"chair_stand_5x_s", OSI_NUMBER, 2, 300, "seconds for five rises, 2 to 300", NULL},
    {"chair_stand_completed", WORDS(YES_NO)},
    {"sppb", OSI_WHOLE, 0, 12, "a whole number, 0 to 12", NULL},
    {"tug_s", OSI_NUMBER, 2, 300, "seconds, 2 to 300", NULL},
    {"walk_400m_s", OSI_NUMBER, 60, 3600, "seconds, 60 to 3600", NULL},
    {"walk_400m_completed", WORDS(YES_NO)},
    {"walk_6min_m", OSI_NUMBER, 10, 1200, "metres in six minutes, 10 to 1200", NULL},
    {"survey_weight", OSI_NUMBER, 1e-6, 1e9, "a weight over 0, up to 1e9", NULL},
    {"sarc_f", OSI_WHOLE, 0, 10, "a whole number, 0 to 10", NULL},
    {"calf_circumference_cm", OSI_NUMBER, 10, 80, "cm, 10 to 80", NULL},
    {"fragility_fracture", WORDS("none|hip|vertebral|humerus|pelvis|forearm|other")},
    {"alm_kg", OSI_NUMBER, 2, 60, "kg, 2 to 60", NULL},
    {"alm_method", WORDS("dxa|bia|ct")},
    {"alm_device", TEXT},
    {"sm_l3_cm2", OSI_NUMBER, 10, 400, "cm2, 10 to 400", NULL},
    {"t_lumbar", T_SCORE},
    {"t_femoral_neck", T_SCORE},
    {"t_total_hip", T_SCORE},
    {"t_radius_33", T_SCORE},
    {"bmd_lumbar_g_cm2", BMD},
    {"bmd_femoral_neck_g_cm2", BMD},
    {"bmd_total_hip_g_cm2", BMD},
    {"bmd_device", WORDS("hologic|lunar|norland")},
    {"vbmd_lumbar_mg_cm3", OSI_NUMBER, -100, 500, "mg/cm3, -100 to 500", NULL},
    {"vbmd_basis", WORDS("K2HPO4|HA")},
    {"z_lumbar", Z_SCORE},
    {"z_femoral_neck", Z_SCORE},
    {"z_total_hip", Z_SCORE},
    {"qus_t", T_SCORE},
    {"pdxa_t", T_SCORE},
    {"vitamin_d_25oh_nmol_l", OSI_NUMBER, 1, 1000, "nmol/L, 1 to 1000", NULL},
    {"vitamin_d_125oh2_pmol_l", OSI_NUMBER, 5, 1000, "pmol/L (not nmol/L), 5 to 1000", NULL},
    {"calcium_mmol_l", OSI_NUMBER, 0.5, 5, "mmol/L, 0.5 to 5", NULL},
    {"phosphate_mmol_l", OSI_NUMBER, 0.1, 5, "mmol/L, 0.1 to 5", NULL},
    {"pth_pg_ml", OSI_NUMBER, 0.1, 5000, "pg/mL, 0.1 to 5000", NULL},
    {"testosterone_nmol_l", OSI_NUMBER, 0, 150, "nmol/L, 0 to 150", NULL},
    {"osteocalcin_ng_ml", OSI_NUMBER, 0, 1000, "ng/mL, 0 to 1000", NULL},
    {"ctx_ng_ml", OSI_NUMBER, 0, 20, "ng/mL, 0 to 20", NULL},
    {"trap5b_mu_dl", OSI_NUMBER, 0, 5000, "mU/dL, 0 to 5000", NULL},
    {"alp_u_l", OSI_NUMBER, 0, 10000, "U/L, 0 to 10000", NULL},
};
#define COLUMN_COUNT (sizeof(COLUMNS) / sizeof(COLUMNS[0]))

/* Every word that a cell may hold, so that a canonical one outlives the file. */
static const char *const WORD_TABLE[] = {
    "F",       "M",     "pre",     "peri",    "post",   "yes",    "no",        "dxa",
    "bia",     "ct",    "none",    "hip",     "K2HPO4", "HA",     "vertebral", "other",
    "hologic", "lunar", "norland", "humerus", "pelvis", "forearm"};

_Static_assert(COLUMN_COUNT <= OSI_COLUMN_MAX, "OSI_COLUMN_MAX is too small");

const osi_column *osi_columns(size_t *count_out)
{
    *count_out = COLUMN_COUNT;
    return COLUMNS;
}

size_t osi_column_find(const char *name)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (!strcasecmp(COLUMNS[i].name, name))
            return i;
    return SIZE_MAX;
}

#define NAME_ROOM 48

/* Small letters and digits, everything else as one '_': "Patient ID" is patient_id. */
static void fold(char out[NAME_ROOM], const char *name)
{
    size_t used = 0;
    for (; *name && used + 1 < NAME_ROOM; name++) {
        int letter = isalnum((unsigned char) *name);
        if (letter)
            out[used++] = (char) tolower((unsigned char) *name);
        else if (used && out[used - 1] != '_')
            out[used++] = '_';
    }
    while (used && out[used - 1] == '_')
        used--;
    out[used] = '\0';
}

/* Up to the last '_', where units begin; the whole where there is none. */
static size_t stem_size(const char *name)
{
    const char *last = strrchr(name, '_');
    return last ? (size_t) (last - name) : strlen(name);
}

static int same_stem(const char *a, const char *b)
{
    size_t size = stem_size(b);
    return (stem_size(a) == size || strlen(a) == size) && !strncmp(a, b, size);
}

/* 1 when one letter more, less, other or swapped makes one name of the other. */
static int is_slip(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    if (!*a || !*b)
        return strlen(a) + strlen(b) == 1;
    return !strcmp(a + 1, b) || !strcmp(a, b + 1) || !strcmp(a + 1, b + 1) ||
           (a[0] == b[1] && a[1] == b[0] && !strcmp(a + 2, b + 2));
}

const char *osi_column_nearest(const char *name)
{
    char folded[NAME_ROOM];
    fold(folded, name);
    for (int way = 0; way < 3 && folded[0]; way++)
        for (size_t i = 0; i < COLUMN_COUNT; i++)
            if (way == 0   ? !strcmp(folded, COLUMNS[i].name)
                : way == 1 ? is_slip(folded, COLUMNS[i].name)
                           : same_stem(folded, COLUMNS[i].name))
                return COLUMNS[i].name;
    return NULL;
}

int osi_column_plausible(const osi_column *column, double number)
{
    return number >= column->low && number <= column->high;
}

static int list_holds(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (!strncasecmp(at, word, size) && (at[size] == '|' || !at[size]))
            return 1;
    }
    return 0;
}

static const char *read_word(const osi_column *column, const char *text, const char **word_out)
{
    if (!*text || strchr(text, '|') || !list_holds(column->words, text))
        return column->needed;
    for (size_t i = 0; i < sizeof(WORD_TABLE) / sizeof(WORD_TABLE[0]); i++)
        if (!strcasecmp(WORD_TABLE[i], text))
            *word_out = WORD_TABLE[i];
    return NULL;
}

static const char *read_number(const osi_column *column, const char *text, double *number_out)
{
    double number;
    if (strchr("=@", text[0]))
        return "the value of the formula, not the formula";
    if (!osi_number_read(text, &number))
        return strchr(text, ',') ? "a number with a decimal point, not a comma" : column->needed;
    if (column->kind == OSI_WHOLE && number != floor(number))
        return column->needed;
    if (!osi_column_plausible(column, number))
        return column->needed;
    *number_out = number;
    return NULL;
}

const char *osi_column_read(const osi_column *column, const char *text, double *number_out,
                            const char **word_out)
{
    *number_out = NAN;
    *word_out = "";
    switch (column->kind) {
    case OSI_NUMBER:
    case OSI_WHOLE:
        return read_number(column, text, number_out);
    case OSI_WORD:
        return read_word(column, text, word_out);
    case OSI_TEXT:
        break;
    }
    return NULL;
}
