/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/reference.h>

#define F      OSARC_SEX_FEMALE
#define M      OSARC_SEX_MALE
#define BOTH   OSARC_SEX_UNKNOWN
#define NECK   OSARC_BMD_FEMORAL_NECK
#define TROCH  OSARC_BMD_TROCHANTER
#define TOTAL  OSARC_BMD_TOTAL_HIP
#define L1_L4  OSARC_BMD_LUMBAR_L1_L4
#define L2_L4  OSARC_BMD_LUMBAR_L2_L4
#define HIGH   OSARC_CONFIDENCE_HIGH
#define MEDIUM OSARC_CONFIDENCE_MEDIUM
#define LOW    OSARC_CONFIDENCE_LOW
#define GRAMS  "g/cm2"

#define LOOKER "NHANES III, Looker 1998, Osteoporos Int 8:468"
#define XUE    "NHANES 2005-2014 at peak, Xue 2021"
#define ZHANG  "Zhang 2007, six Chinese cities"
#define BANDS  "NHANES as printed in doi 10.3389/fendo.2026.1748490, Table 3"

#define YOUNG(id, site, used_for, ancestry, from, to, scale, mean, sd, source, how, standard)      \
    {                                                                                              \
        id, OSARC_SCORE_T, site, F, used_for, ancestry, from, to, scale, mean, sd, GRAMS, source,  \
            how, standard                                                                          \
    }
#define BAND(id, site, sex, from, to, mean, sd)                                                    \
    {                                                                                              \
        id, OSARC_SCORE_Z, site, sex, sex, "", from, to, OSARC_BMD_HOLOGIC, mean, sd, GRAMS,       \
            BANDS, MEDIUM, 1                                                                       \
    }

/*
 * White women's femur serves both sexes and every ancestry, as ISCD has it; the spine's reference
 * is the maker's. The updates of Xue and the Chinese rows are taken only when named.
 */
static const osarc_reference REFERENCES[] = {
    YOUNG("nhanes3_neck_f", NECK, BOTH, "white", 20, 29, OSARC_BMD_HOLOGIC, 0.858, 0.120, LOOKER,
          HIGH, 1),
    YOUNG("nhanes3_total_f", TOTAL, BOTH, "white", 20, 29, OSARC_BMD_HOLOGIC, 0.942, 0.122, LOOKER,
          HIGH, 1),
    YOUNG("nhanes3_trochanter_f", TROCH, BOTH, "white", 20, 29, OSARC_BMD_HOLOGIC, 0.708, 0.099,
          LOOKER, LOW, 0),
    YOUNG("hologic_l1_l4_f", L1_L4, F, "white", 0, 0, OSARC_BMD_HOLOGIC, 1.047, 0.110,
          "Hologic, Kelly 1990", MEDIUM, 1),
    YOUNG("lunar_l1_l4_f", L1_L4, F, "", 0, 0, OSARC_BMD_LUNAR, 1.18, 0.12, "GE Lunar", MEDIUM, 1),
    YOUNG("lunar_l2_l4_f", L2_L4, F, "", 0, 0, OSARC_BMD_LUNAR, 1.20, 0.12, "GE Lunar", MEDIUM, 1),
    YOUNG("xue2021_l1_l4_f", L1_L4, F, "white", 0, 0, OSARC_BMD_HOLOGIC, 1.065, 0.122, XUE, HIGH,
          0),
    YOUNG("xue2021_neck_f", NECK, F, "white", 0, 0, OSARC_BMD_HOLOGIC, 0.888, 0.121, XUE, HIGH, 0),
    YOUNG("zhang2007_l1_l4_f", L1_L4, F, "chinese", 20, 39, OSARC_BMD_LUNAR, 1.116, 0.12, ZHANG,
          MEDIUM, 0),
    YOUNG("zhang2007_neck_f", NECK, F, "chinese", 20, 39, OSARC_BMD_LUNAR, 0.927, 0.12, ZHANG,
          MEDIUM, 0),
    YOUNG("zhang2007_trochanter_f", TROCH, F, "chinese", 20, 39, OSARC_BMD_LUNAR, 0.756, 0.11,
          ZHANG, MEDIUM, 0),
    YOUNG("zhang2007_total_f", TOTAL, F, "chinese", 20, 39, OSARC_BMD_LUNAR, 0.963, 0.13, ZHANG,
          MEDIUM, 0),
    BAND("nhanes_l1_l4_m_21_30", L1_L4, M, 21, 30, 1.057, 0.110),
    BAND("nhanes_l1_l4_m_31_40", L1_L4, M, 31, 40, 1.042, 0.117),
    BAND("nhanes_l1_l4_m_41_50", L1_L4, M, 41, 50, 1.051, 0.129),
    BAND("nhanes_l1_l4_m_51_60", L1_L4, M, 51, 60, 1.053, 0.143),
    BAND("nhanes_l1_l4_m_61_70", L1_L4, M, 61, 70, 1.070, 0.142),
    BAND("nhanes_l1_l4_m_71_80", L1_L4, M, 71, 80, 1.068, 0.177),
    BAND("nhanes_l1_l4_f_21_30", L1_L4, F, 21, 30, 1.064, 0.106),
    BAND("nhanes_l1_l4_f_31_40", L1_L4, F, 31, 40, 1.065, 0.110),
    BAND("nhanes_l1_l4_f_41_50", L1_L4, F, 41, 50, 1.056, 0.134),
    BAND("nhanes_l1_l4_f_51_60", L1_L4, F, 51, 60, 0.993, 0.141),
    BAND("nhanes_l1_l4_f_61_70", L1_L4, F, 61, 70, 0.952, 0.142),
    BAND("nhanes_l1_l4_f_71_80", L1_L4, F, 71, 80, 0.902, 0.167),
    BAND("nhanes_total_m_21_30", TOTAL, M, 21, 30, 1.067, 0.120),
    BAND("nhanes_total_m_31_40", TOTAL, M, 31, 40, 1.029, 0.134),
    BAND("nhanes_total_m_41_50", TOTAL, M, 41, 50, 1.040, 0.130),
    BAND("nhanes_total_m_51_60", TOTAL, M, 51, 60, 1.015, 0.142),
    BAND("nhanes_total_m_61_70", TOTAL, M, 61, 70, 0.997, 0.137),
    BAND("nhanes_total_m_71_80", TOTAL, M, 71, 80, 0.961, 0.143),
    BAND("nhanes_total_f_21_30", TOTAL, F, 21, 30, 0.971, 0.114),
};

const osarc_reference *osarc_references(size_t *count_out)
{
    if (count_out)
        *count_out = sizeof(REFERENCES) / sizeof(REFERENCES[0]);
    return REFERENCES;
}
