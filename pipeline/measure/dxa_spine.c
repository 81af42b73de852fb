/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/tbs.h>
#include <osarc/vertebra.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#define LEVELS 4
#define L1     31 /* structure numbers fall from there to the feet */
/* ISCD: a vertebra over 1 T-score from those beside it is left out, and two are needed. */
#define MIN_LEVELS 2
/* L1 to L4 of young women and men, NHANES, Hologic scale (Biol Direct 2025, doi
 * 10.1186/s13062-025-00627-w): L1 is usually the lowest. Only differences of them count here. */
static const double YOUNG_G_CM2[2][LEVELS] = {{0.960, 1.064, 1.100, 1.086},
                                              {0.999, 1.073, 1.081, 1.071}};
#define YOUNG_SD_G_CM2 0.126 /* 0.121 to 0.129 */
#define TOO_FEW        "fewer than two vertebrae are left: another site is needed"
#define LUNAR_FACTOR   1.127 /* young women's L1-L4: 1.18 (GE Lunar) over 1.047 (Hologic) */

typedef struct spine {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_dxa_maps *maps;
    const osarc_dxa_scores *scores;
    osarc_dxa_bone bones[LEVELS];
    char refused[LEVELS][160];  /* "": measured */
    char left_out[LEVELS][160]; /* of means; "": it counts */
} spine;

static osarc_status add_value(const spine *s, const char *level, const char *quantity,
                              const char *unit, double value, double half, const char *remark,
                              osarc_error *err)
{
    osarc_finding row = dxa_row_blank(s->context, s->maps, s->scores);
    osi_row_note note = {0};
    row.site = "lumbar";
    row.level = level;
    row.quantity = quantity;
    row.unit = unit;
    row.value = value;
    dxa_note_series(&note, s->context);
    osi_row_note_add(&note, 1, "%s", remark);
    /* what tables are off by is not known */
    return osi_row_add(s->findings, &row, s->maps->is_calibrated ? half : NAN, &note, err);
}

static osarc_status add_bone(const spine *s, const char *level, const osarc_dxa_bone *b,
                             const char *remark, osarc_error *err)
{
    osarc_status status =
        add_value(s, level, "abmd", "g/cm2", b->abmd_g_cm2, b->abmd_half_g_cm2, remark, err);
    if (!status)
        status = add_value(s, level, "bmc", "g", b->bmc_g, b->bmc_half_g, remark, err);
    if (!status)
        status =
            add_value(s, level, "bone_area", "cm2", b->area_cm2, b->area_half_cm2, remark, err);
    return status;
}

static osarc_status refuse_bone(const spine *s, const char *level, const char *why,
                                osarc_error *err)
{
    static const char *const ROWS[][2] = {
        {"abmd", "g/cm2"}, {"bmc", "g"}, {"bone_area", "cm2"}, {"t_score", "1"}};
    osarc_status status = OSARC_OK;
    /* single vertebrae have no scores: no population is known for them */
    for (size_t i = 0; !status && i < (strcmp(level, "L1-L4") == 0 ? 4U : 3U); i++) {
        osarc_finding row = dxa_row_blank(s->context, s->maps, s->scores);
        row.site = "lumbar";
        row.level = level;
        row.quantity = ROWS[i][0];
        row.unit = ROWS[i][1];
        status = osi_row_refuse(s->findings, &row, why, err);
    }
    return status;
}

/* What is usual at a level, on the scale of the scan; between women and men where the sex is not
 * known. */
static double usual(const spine *s, int i)
{
    double factor = s->scores->scale == OSARC_BMD_LUNAR ? LUNAR_FACTOR : 1;
    osarc_sex sex = s->scores->person.sex;
    double women = sex == OSARC_SEX_FEMALE ? 1 : sex == OSARC_SEX_MALE ? 0 : 0.5;
    return factor * (women * YOUNG_G_CM2[0][i] + (1 - women) * YOUNG_G_CM2[1][i]);
}

static double over_usual(const spine *s, int i)
{
    return s->bones[i].abmd_g_cm2 - usual(s, i);
}

/* One T-score on the scale of the scan. */
static double t_step(const spine *s)
{
    return YOUNG_SD_G_CM2 * (s->scores->scale == OSARC_BMD_LUNAR ? LUNAR_FACTOR : 1);
}

/* Whether two neighbours differ by more than a T-score; 0 where one of them is not there. */
static int is_far(const spine *s, int a, int b)
{
    return a >= 0 && b >= 0 && a < LEVELS && b < LEVELS && !s->refused[a][0] && !s->refused[b][0] &&
           fabs(over_usual(s, a) - over_usual(s, b)) > t_step(s);
}

static void leave_out(spine *s, int i, const char *than)
{
    snprintf(s->left_out[i], sizeof(s->left_out[i]),
             "over 1 T-score (%s g/cm2 more than usual) from %s: left out of means",
             osi_short(t_step(s), 2).text, than);
}

/* Between two neighbours a vertebra must differ from both; then ends from the next one that is
 * left. */
static void exclude(spine *s)
{
    for (int i = 1; i + 1 < LEVELS; i++)
        if (is_far(s, i, i - 1) && is_far(s, i, i + 1))
            leave_out(s, i, "the vertebrae beside it");
    for (int end = 0; end < LEVELS; end += LEVELS - 1) {
        int step = end ? -1 : 1;
        int next = end + step;
        while (next >= 0 && next < LEVELS && (s->refused[next][0] || s->left_out[next][0]))
            next += step;
        /* with all between left out, the two ends are no neighbours of each other */
        if (next == LEVELS - 1 - end && is_far(s, end, end + step))
            leave_out(s, end, "the vertebra beside it");
        else if (is_far(s, end, next))
            leave_out(s, end, "the next one");
    }
}

/* How far the mean of the levels that are left usually lies over that of all four. */
static double usual_excess(const spine *s)
{
    double sum[2] = {0, 0};
    int count = 0;
    for (int i = 0; i < LEVELS; i++) {
        sum[0] += usual(s, i) / LEVELS;
        if (!s->refused[i][0] && !s->left_out[i][0]) {
            sum[1] += usual(s, i);
            count++;
        }
    }
    return sum[1] / count - sum[0];
}

static double squares(double a, double b)
{
    return sqrt(a * a + b * b);
}

/* Sums over those that count, from first to last. */
static size_t join(osarc_dxa_bone *out, char *without, size_t room, const spine *s, int first,
                   int last)
{
    size_t count = 0;
    double noise = 0;
    memset(out, 0, sizeof(*out));
    without[0] = '\0';
    for (int i = first; i <= last; i++) {
        const osarc_dxa_bone *b = &s->bones[i];
        if (s->refused[i][0] || s->left_out[i][0]) {
            size_t used = strlen(without);
            snprintf(without + used, room - used, "%s%s", used ? ", " : "without ",
                     osarc_vertebra_name((uint8_t) (L1 - i)));
            continue;
        }
        count++;
        out->bmc_g += b->bmc_g;
        out->area_cm2 += b->area_cm2;
        /* what the calibration leaves over is the same in all of them */
        out->bmc_half_g += b->bmc_half_g;
        out->area_half_cm2 = squares(out->area_half_cm2, b->area_half_cm2);
        noise = squares(noise, b->abmd_half_g_cm2 * b->area_cm2);
    }
    out->abmd_g_cm2 = out->bmc_g / out->area_cm2;
    out->abmd_half_g_cm2 = squares(noise / out->area_cm2, OSI_Z_95 * s->maps->calibration_sd_g_cm2);
    return count;
}

static osarc_status score(const spine *s, const osarc_dxa_bone *b, const char *level,
                          const char *without, osarc_error *err)
{
    char remark[320] = "";
    if (without[0])
        snprintf(remark, sizeof(remark),
                 "%s, against a population of L1-L4: the levels left are usually %s g/cm2 %s it",
                 without, osi_short(fabs(usual_excess(s)), 3).text,
                 usual_excess(s) < 0 ? "under" : "over");
    const dxa_scored what = {.site = "lumbar",
                             .level = level,
                             .side = "",
                             .bmd_site = OSARC_BMD_LUMBAR_L1_L4,
                             .abmd_g_cm2 = b->abmd_g_cm2,
                             .abmd_half_g_cm2 = b->abmd_half_g_cm2,
                             .remark = remark,
                             .remark_warns = 1};
    return dxa_add_score(s->findings, s->context, s->maps, s->scores, &what, err);
}

/* Every run of neighbours, with the scores of all four. */
static osarc_status add_ranges(const spine *s, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (int first = 0; first < LEVELS; first++)
        for (int last = LEVELS - 1; !status && last > first; last--) {
            char level[16];
            char without[64];
            osarc_dxa_bone sum;
            snprintf(level, sizeof(level), "%s-%s", osarc_vertebra_name((uint8_t) (L1 - first)),
                     osarc_vertebra_name((uint8_t) (L1 - last)));
            size_t count = join(&sum, without, sizeof(without), s, first, last);
            int is_all = last - first == LEVELS - 1;
            if (count >= MIN_LEVELS && (is_all || !without[0]))
                status = add_bone(s, level, &sum, without, err);
            else if (count < MIN_LEVELS && is_all)
                status = refuse_bone(s, level, TOO_FEW, err);
            if (!status && is_all && count >= MIN_LEVELS)
                status = score(s, &sum, level, without, err);
        }
    return status;
}

/* Texture of all four together, by an open definition that is not the commercial score's. */
static osarc_status measure_texture(osarc_tbs *out, const spine *s, const uint8_t *labels,
                                    osarc_error *err)
{
    const osarc_dxa_maps *m = s->maps;
    size_t count = m->columns * m->rows;
    uint8_t *kept = osi_alloc_raw(count, 1, err);
    if (!kept)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        int level = L1 - labels[i];
        int counts =
            level >= 0 && level < LEVELS && !s->refused[level][0] && !s->left_out[level][0];
        kept[i] = counts ? labels[i] : 0;
    }
    double pixel_cm = sqrt(m->spacing_mm[0] * m->spacing_mm[1]) / 10;
    const osarc_tbs_input input = {.bone_g_cm2 = m->bone_g_cm2,
                                   .labels = kept,
                                   .from_label = L1 - LEVELS + 1,
                                   .to_label = L1,
                                   .columns = m->columns,
                                   .rows = m->rows,
                                   .spacing_mm = {m->spacing_mm[0], m->spacing_mm[1]},
                                   .noise_sd_g_cm2 = m->bone_noise_g_cm2_cm / pixel_cm};
    osarc_status status = osarc_tbs_measure(out, &input, err);
    osi_free(kept);
    return status;
}

static osarc_status add_texture(const spine *s, const uint8_t *labels, osarc_error *err)
{
    const osarc_dxa_maps *m = s->maps;
    osarc_tbs tbs;
    osarc_dxa_bone sum;
    char without[64];
    osarc_error why = OSARC_ERROR_INIT;
    osarc_finding row = dxa_row_blank(s->context, m, s->scores);
    osi_row_note note = {0};
    row.site = "lumbar";
    row.level = "L1-L4";
    row.quantity = "tbs";
    row.unit = "1";
    row.method = "tbs-open";
    if (join(&sum, without, sizeof(without), s, 0, LEVELS - 1) < MIN_LEVELS)
        return osi_row_refuse(s->findings, &row, TOO_FEW, err);
    osarc_status status = measure_texture(&tbs, s, labels, &why);
    if (status == OSARC_ERR_MEMORY || status == OSARC_ERR_INTERNAL)
        return osi_fail(err, status, "%s", why.text);
    if (status)
        return osi_row_refuse(s->findings, &row, why.text, err);
    row.value = tbs.value;
    row.ci_low = tbs.ci_low;
    row.ci_high = tbs.ci_high;
    dxa_note_series(&note, s->context);
    osi_row_note_add(&note, 1, "%s", without);
    osi_row_note_add(&note, 0,
                     "an open definition: not the commercial score, and not for its "
                     "cut-offs");
    return osi_row_add(s->findings, &row, NAN, &note, err);
}

static osarc_status refuse_all(const spine *s, const char *why, osarc_error *err)
{
    osarc_finding row = dxa_row_blank(s->context, s->maps, s->scores);
    osarc_status status = refuse_bone(s, "L1-L4", why, err);
    row.site = "lumbar";
    row.level = "L1-L4";
    row.quantity = "tbs";
    row.unit = "1";
    row.method = "tbs-open";
    return status ? status : osi_row_refuse(s->findings, &row, why, err);
}

osarc_status osarc_measure_dxa_spine(osarc_findings *findings, const osarc_measure_context *context,
                                     const osarc_dxa_maps *maps, const uint8_t *labels,
                                     const char *refused, const osarc_dxa_scores *scores,
                                     osarc_error *err)
{
    if (!findings || !context || !maps || !maps->bone_g_cm2 || !scores)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, maps and scores are needed");
    spine s = {.findings = findings, .context = context, .maps = maps, .scores = scores};
    osarc_status status = OSARC_OK;
    if (!labels || (refused && refused[0]))
        return refuse_all(&s, refused && refused[0] ? refused : "no vertebra was found", err);
    for (int i = 0; !status && i < LEVELS; i++) {
        osarc_error why = OSARC_ERROR_INIT;
        status = osarc_dxa_bone_measure(&s.bones[i], maps, labels, (uint8_t) (L1 - i), &why);
        if (status == OSARC_ERR_QUALITY) {
            snprintf(s.refused[i], sizeof(s.refused[i]), "not found whole in the picture: %.100s",
                     why.text);
            status = OSARC_OK;
        } else if (status) {
            return osi_fail(err, status, "%s", why.text);
        }
    }
    exclude(&s);
    for (int i = 0; !status && i < LEVELS; i++) {
        const char *level = osarc_vertebra_name((uint8_t) (L1 - i));
        status = s.refused[i][0] ? refuse_bone(&s, level, s.refused[i], err)
                                 : add_bone(&s, level, &s.bones[i], s.left_out[i], err);
    }
    if (!status)
        status = add_ranges(&s, err);
    return status ? status : add_texture(&s, labels, err);
}
