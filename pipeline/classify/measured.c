/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts from findings, of several scans where there are several. */
#include "facts.h"

#include <math.h>
#include <string.h>

typedef struct candidate {
    const osarc_finding *row;
    size_t scan; /* index; SIZE_MAX: of a scan that is not known */
    const char *date;
} candidate;

static int is_of_patient(const osarc_finding *row, const osarc_patient *patient)
{
    if (patient->patient_id && patient->patient_id[0])
        return !strcmp(row->patient_id, patient->patient_id);
    return patient->case_id && !strcmp(row->case_id, patient->case_id);
}

static candidate find_scan(const osarc_finding *row, const osarc_patient *patient)
{
    for (size_t i = 0; i < patient->scan_count; i++)
        if (row->series_uid[0] &&
            !strcmp(row->series_uid, patient->scans[i].acquisition->series_uid))
            return (candidate){row, i, osi_scan_date(patient, i)};
    return (candidate){row, SIZE_MAX, ""};
}

/* Worked out by the densitometer's own program, and taken over. */
static int is_report(const osarc_finding *row)
{
    return !strcmp(row->method, "report");
}

/* The clinical table's own value, which was read from there. */
static int is_of_table(const osarc_finding *row)
{
    return is_report(row) && !row->series_uid[0];
}

static osi_fact fact_of(const candidate *c, const osarc_patient *patient)
{
    double half = (c->row->ci_high - c->row->ci_low) / 2;
    return (osi_fact){c->row->value, "", is_report(c->row) ? "report" : "measured",
                      c->scan == SIZE_MAX ? 0 : osi_scan_number(patient, c->scan),
                      half > 0 ? half : 0};
}

/* Projected from CT, though it may have been converted to a densitometer's scale. */
static int is_ctxa(const osarc_finding *row)
{
    return !strncmp(row->method, "ctxa", 4);
}

static int is_dxa(const osarc_finding *row)
{
    return !strncmp(row->basis, "DXA", 3) && !is_ctxa(row);
}

/* Which input a row of findings gives; OSI_INPUT_COUNT: none. Only DXA is what cut-offs are made
 * for, and a hip read from CT as if by DXA; the T-scale does not hold for CT of the spine. */
static osi_input find_input(const osarc_finding *row)
{
    int dxa = is_dxa(row);
    int hip = dxa || is_ctxa(row);
    if (!strcmp(row->quantity, "alm") && dxa)
        return OSI_ALM;
    int t = !strcmp(row->quantity, "t_score");
    if (!t && strcmp(row->quantity, "z_score") != 0)
        return OSI_INPUT_COUNT;
    if (dxa && !strcmp(row->site, "lumbar") && !strcmp(row->level, "L1-L4"))
        return t ? OSI_T_LUMBAR : OSI_Z_LUMBAR;
    if (hip && !strcmp(row->site, "femur") && !strcmp(row->level, "neck"))
        return t ? OSI_T_NECK : OSI_Z_NECK;
    if (hip && !strcmp(row->site, "femur") && !strcmp(row->level, "total"))
        return t ? OSI_T_HIP : OSI_Z_HIP;
    /* of the radius the 33 % region alone; its Z-score enters no class */
    if (dxa && t && !strcmp(row->site, "forearm") && !strcmp(row->level, "radius-33"))
        return OSI_T_RADIUS;
    return OSI_INPUT_COUNT;
}

/* DXA before CT, the most recent scan, of one day what was measured before what a report states,
 * and then the lowest score. */
static int is_better(const candidate *a, const candidate *b)
{
    if (is_dxa(a->row) != is_dxa(b->row))
        return is_dxa(a->row);
    int order = strcmp(a->date, b->date);
    if (order)
        return order > 0;
    if (is_report(a->row) != is_report(b->row))
        return is_report(b->row);
    return strcmp(a->row->quantity, "alm") != 0 && a->row->value < b->row->value;
}

/* How well a row serves as density of the spine, less is better; -1: not at all. The mean of two
 * vertebrae is asked for, L1 and L2 first. */
static int rank_density(const osarc_finding *row)
{
    if (strcmp(row->quantity, "vbmd_trabecular") != 0 || strcmp(row->site, "lumbar") != 0)
        return -1;
    int pair = !strcmp(row->level, "L1-L2");
    if (!pair && strcmp(row->level, "L1-L4") != 0)
        return -1;
    return (pair ? 0 : 2) + (row->quality == OSARC_QUALITY_WARNING);
}

/* A scale in K2HPO4 goes before everything, then the most recent scan. */
static int is_better_density(const candidate *a, const candidate *b)
{
    int usable = !strcmp(a->row->basis, "K2HPO4");
    if (usable != !strcmp(b->row->basis, "K2HPO4"))
        return usable;
    int order = strcmp(a->date, b->date);
    return order ? order > 0 : rank_density(a->row) < rank_density(b->row);
}

/* The row that says that no level could be named, or none was found. */
static int is_spine_as_a_whole(const osarc_finding *row)
{
    return !strcmp(row->quantity, "vbmd_trabecular") && !strcmp(row->site, "lumbar") &&
           !row->level[0];
}

static int is_ct_muscle(const osarc_finding *row)
{
    return !strcmp(row->quantity, "muscle_area") && !strcmp(row->site, "lumbar");
}

static osi_input input_of(const osarc_finding *row)
{
    return rank_density(row) >= 0 ? OSI_VBMD : find_input(row);
}

static void take(osi_facts *facts, osi_input input, const candidate *best,
                 const osarc_patient *patient)
{
    facts->fact[input] = fact_of(best, patient);
    facts->row[input] = best->row;
    if (input == OSI_ALM)
        facts->fact[OSI_ALM_METHOD] = (osi_fact){NAN, "dxa", facts->fact[input].source, 0, 0};
    if (input != OSI_VBMD)
        return;
    const char *basis = !strcmp(best->row->basis, "K2HPO4") ? "K2HPO4"
                        : !strcmp(best->row->basis, "HA")   ? "HA"
                                                            : "";
    facts->fact[OSI_VBMD_BASIS] = (osi_fact){NAN, basis, basis[0] ? "measured" : NULL, 0, 0};
}

/* Rows of the same thing that were not taken. Of one spine the mean of other vertebrae is none. */
static int is_other(const candidate *c, const candidate *used, osi_input input)
{
    if (input != OSI_VBMD || !used->row)
        return 1;
    return !strcmp(c->row->level, used->row->level);
}

void osi_facts_measure(osi_facts *facts, const osarc_patient *patient)
{
    candidate best[OSI_INPUT_COUNT] = {{NULL, 0, NULL}};
    size_t count = osarc_findings_count(patient->findings);
    for (size_t i = 0; i < count; i++) {
        candidate c = find_scan(osarc_findings_at(patient->findings, i), patient);
        osi_input input = input_of(c.row);
        int spine = input == OSI_VBMD || is_spine_as_a_whole(c.row);
        if (!is_of_patient(c.row, patient) || is_of_table(c.row))
            continue;
        if (c.row->quality != OSARC_QUALITY_REFUSED && is_ct_muscle(c.row))
            facts->ct_muscle = 1;
        if (c.row->quality == OSARC_QUALITY_REFUSED) {
            if (spine && !facts->vbmd_refused)
                facts->vbmd_refused = c.row->note;
            continue;
        }
        if (input == OSI_INPUT_COUNT || !osi_input_plausible(input, c.row->value))
            continue;
        candidate *b = &best[input];
        if (!b->row || (spine ? is_better_density(&c, b) : is_better(&c, b)))
            *b = c;
    }
    int from_table[OSI_INPUT_COUNT];
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        from_table[i] = osi_fact_known(facts, (osi_input) i);
        if (best[i].row && !from_table[i])
            take(facts, (osi_input) i, &best[i], patient);
    }
    if (osi_fact_known(facts, OSI_VBMD))
        facts->vbmd_refused = NULL;
    for (size_t i = 0; i < count; i++) {
        candidate c = find_scan(osarc_findings_at(patient->findings, i), patient);
        osi_input input = input_of(c.row);
        if (input == OSI_INPUT_COUNT || c.row->quality == OSARC_QUALITY_REFUSED ||
            !is_of_patient(c.row, patient) || is_of_table(c.row) ||
            !is_other(&c, &best[input], input) || (c.row == best[input].row && !from_table[input]))
            continue;
        osi_fact fact = fact_of(&c, patient);
        osi_facts_add_other(facts, input, &fact, c.row);
    }
}
