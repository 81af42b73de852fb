/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/bmd.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#define BIT(site) (1u << (site))
#define SPINE     (BIT(OSARC_BMD_LUMBAR_L1_L4) | BIT(OSARC_BMD_LUMBAR_L2_L4))
#define NECK      BIT(OSARC_BMD_FEMORAL_NECK)
#define TROCH     BIT(OSARC_BMD_TROCHANTER)
#define TOTAL     BIT(OSARC_BMD_TOTAL_HIP)
#define ANY_SITE  (BIT(OSARC_BMD_SITE_COUNT) - 1)

#define HUI    "Hui 1997, J Bone Miner Res 12:1463"
#define GENANT "Genant 1994, J Bone Miner Res 9:1503"
#define LU     "Lu 2001, Osteoporos Int 12:438"

/* Hui: B' = slope * (B - pivot) + 1.0436 */
#define HUI_ROW(scale, slope, pivot)                                                               \
    {                                                                                              \
        "hui1997", HUI, slope, 1.0436 - (slope) * (pivot), SPINE, scale, OSARC_BMD_STANDARDIZED,   \
            OSARC_CONFIDENCE_HIGH                                                                  \
    }
#define GENANT_ROW(scale, slope)                                                                   \
    {                                                                                              \
        "genant1994", GENANT, slope, 0, SPINE, scale, OSARC_BMD_STANDARDIZED,                      \
            OSARC_CONFIDENCE_MEDIUM                                                                \
    }
#define LU_ROW(sites, scale, slope, intercept)                                                     \
    {                                                                                              \
        "lu2001", LU, slope, intercept, sites, scale, OSARC_BMD_STANDARDIZED,                      \
            OSARC_CONFIDENCE_HIGH                                                                  \
    }

static const osarc_bmd_equation EQUATIONS[] = {
    HUI_ROW(OSARC_BMD_HOLOGIC, 1.0550, 0.972),
    HUI_ROW(OSARC_BMD_LUNAR, 0.9683, 1.100),
    HUI_ROW(OSARC_BMD_NORLAND, 0.9743, 0.969),
    GENANT_ROW(OSARC_BMD_HOLOGIC, 1.0755),
    GENANT_ROW(OSARC_BMD_LUNAR, 0.9522),
    GENANT_ROW(OSARC_BMD_NORLAND, 1.0761),
    LU_ROW(NECK, OSARC_BMD_HOLOGIC, 1.087, 0.019),
    LU_ROW(NECK, OSARC_BMD_LUNAR, 0.939, -0.023),
    LU_ROW(NECK, OSARC_BMD_NORLAND, 0.985, 0.006),
    LU_ROW(TROCH, OSARC_BMD_HOLOGIC, 1.105, -0.017),
    LU_ROW(TROCH, OSARC_BMD_LUNAR, 0.949, -0.042),
    LU_ROW(TROCH, OSARC_BMD_NORLAND, 0.961, 0.057),
    LU_ROW(TOTAL, OSARC_BMD_HOLOGIC, 1.008, 0.006),
    LU_ROW(TOTAL, OSARC_BMD_LUNAR, 0.979, -0.031),
    LU_ROW(TOTAL, OSARC_BMD_NORLAND, 1.012, 0.026),
    {"genant1994_direct", GENANT, 0.906, -0.025, SPINE, OSARC_BMD_LUNAR, OSARC_BMD_HOLOGIC,
     OSARC_CONFIDENCE_HIGH},
};

#define EQUATION_COUNT (sizeof(EQUATIONS) / sizeof(EQUATIONS[0]))

const char *osarc_bmd_site_name(osarc_bmd_site site)
{
    static const char *const NAMES[OSARC_BMD_SITE_COUNT] = {
        [OSARC_BMD_LUMBAR_L1_L4] = "lumbar_l1_l4", [OSARC_BMD_LUMBAR_L2_L4] = "lumbar_l2_l4",
        [OSARC_BMD_FEMORAL_NECK] = "femoral_neck", [OSARC_BMD_TROCHANTER] = "trochanter",
        [OSARC_BMD_TOTAL_HIP] = "total_hip",       [OSARC_BMD_RADIUS_33] = "radius_33",
    };
    size_t index = (size_t) site;
    return index < OSARC_BMD_SITE_COUNT ? NAMES[index] : NULL;
}

const char *osarc_bmd_scale_name(osarc_bmd_scale scale)
{
    static const char *const NAMES[OSARC_BMD_SCALE_COUNT] = {
        [OSARC_BMD_SCALE_UNKNOWN] = "unknown", [OSARC_BMD_HOLOGIC] = "DXA-Hologic",
        [OSARC_BMD_LUNAR] = "DXA-Lunar",       [OSARC_BMD_NORLAND] = "DXA-Norland",
        [OSARC_BMD_STANDARDIZED] = "sBMD",     [OSARC_BMD_CTXA] = "CTXA",
    };
    size_t index = (size_t) scale;
    return index < OSARC_BMD_SCALE_COUNT ? NAMES[index] : NULL;
}

const osarc_bmd_equation *osarc_bmd_equations(size_t *count_out)
{
    if (count_out)
        *count_out = EQUATION_COUNT;
    return EQUATIONS;
}

static int scale_known(osarc_bmd_scale scale)
{
    return scale != OSARC_BMD_SCALE_UNKNOWN && osarc_bmd_scale_name(scale) != NULL;
}

osarc_status osarc_bmd_check(const osarc_bmd *bmd, osarc_error *err)
{
    if (!bmd || !osarc_bmd_site_name(bmd->site) ||
        !memchr(bmd->conversion, '\0', sizeof(bmd->conversion)))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no bone density of a known site");
    if (!scale_known(bmd->scale))
        return osi_fail(err, OSARC_ERR_UNIT,
                        "the scale of the bone density is not known: it needs the maker's");
    if (!isfinite(bmd->value_g_cm2) || bmd->value_g_cm2 <= 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a bone density needs to be over 0 g/cm2");
    if (bmd->value_g_cm2 > (double) OSARC_BMD_MOST_G_CM2)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "a bone density of %g is over %g g/cm2: is it in mg/cm2?", bmd->value_g_cm2,
                        (double) OSARC_BMD_MOST_G_CM2);
    return OSARC_OK;
}

static osarc_status check_equation(const osarc_bmd_equation *e, const osarc_bmd *in,
                                   osarc_error *err)
{
    if (!e || !memchr(e->id, '\0', sizeof(e->id)) || !e->id[0] || !scale_known(e->from) ||
        !scale_known(e->to) || e->from == e->to || !isfinite(e->slope) || e->slope <= 0 ||
        !isfinite(e->intercept_g_cm2))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "an equation needs an id, two scales, a slope over 0 and an intercept");
    if (!(e->sites & ANY_SITE & BIT(in->site)))
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "equation %s is not for %s", e->id,
                        osarc_bmd_site_name(in->site));
    if (in->scale != e->from && in->scale != e->to)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "equation %s is not for %s", e->id,
                        osarc_bmd_scale_name(in->scale));
    return OSARC_OK;
}

/* What was done, after what was done before. */
static osarc_status add_record(osarc_bmd *bmd, const char *id, osarc_bmd_scale from,
                               osarc_bmd_scale to, osarc_error *err)
{
    size_t used = strlen(bmd->conversion);
    size_t room = sizeof(bmd->conversion) - used;
    int wanted = snprintf(bmd->conversion + used, room, "%s%s %s>%s", used ? ", " : "", id,
                          osarc_bmd_scale_name(from), osarc_bmd_scale_name(to));
    if (wanted < 0 || (size_t) wanted >= room)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "the bone density was converted too often: start from what was measured");
    return OSARC_OK;
}

static double apply(const osarc_bmd_equation *e, double value, int forward)
{
    return forward ? e->slope * value + e->intercept_g_cm2
                   : (value - e->intercept_g_cm2) / e->slope;
}

static osarc_status finish(osarc_bmd *out, osarc_bmd *made, const osarc_bmd *in, const char *id,
                           osarc_error *err)
{
    osarc_status status = add_record(made, id, in->scale, made->scale, err);
    if (!status)
        status = osarc_bmd_check(made, err);
    if (!status)
        *out = *made;
    return status;
}

osarc_status osarc_bmd_convert_by(osarc_bmd *out, const osarc_bmd *in,
                                  const osarc_bmd_equation *equation, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "nowhere to put the bone density");
    osarc_status status = osarc_bmd_check(in, err);
    if (!status)
        status = check_equation(equation, in, err);
    if (status)
        return status;
    int forward = in->scale == equation->from;
    osarc_bmd made = *in;
    made.value_g_cm2 = apply(equation, in->value_g_cm2, forward);
    made.scale = forward ? equation->to : equation->from;
    return finish(out, &made, in, equation->id, err);
}

/* The published equation of that id between two scales, whichever way; NULL when there is none. */
static const osarc_bmd_equation *find_between(const char *id, osarc_bmd_site site,
                                              osarc_bmd_scale one, osarc_bmd_scale other)
{
    for (size_t i = 0; i < EQUATION_COUNT; i++) {
        const osarc_bmd_equation *e = &EQUATIONS[i];
        if (strcmp(e->id, id) == 0 && (e->sites & BIT(site)) &&
            ((e->from == one && e->to == other) || (e->from == other && e->to == one)))
            return e;
    }
    return NULL;
}

osarc_status osarc_bmd_convert(osarc_bmd *out, const osarc_bmd *in, osarc_bmd_scale to,
                               const char *equation_id, osarc_error *err)
{
    if (!out || !equation_id)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a bone density is converted only by an equation that is named");
    osarc_status status = osarc_bmd_check(in, err);
    if (status)
        return status;
    if (!scale_known(to) || to == in->scale)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a conversion needs another scale to go to");
    const osarc_bmd_equation *direct = find_between(equation_id, in->site, in->scale, to);
    if (direct)
        return osarc_bmd_convert_by(out, in, direct, err);
    const osarc_bmd_equation *up =
        find_between(equation_id, in->site, in->scale, OSARC_BMD_STANDARDIZED);
    const osarc_bmd_equation *down =
        find_between(equation_id, in->site, to, OSARC_BMD_STANDARDIZED);
    if (!up || !down)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "no equation %.31s from %s to %s for %s",
                        equation_id, osarc_bmd_scale_name(in->scale), osarc_bmd_scale_name(to),
                        osarc_bmd_site_name(in->site));
    osarc_bmd made = *in;
    made.value_g_cm2 = apply(down, apply(up, in->value_g_cm2, 1), 0);
    made.scale = to;
    return finish(out, &made, in, equation_id, err);
}
