/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/file.h>

/* Columns of the clinical table that a report shows as they are. */
static const char *const SHOWN[] = {
    "grip_kg",
    "chair_stand_5x_s",
    "chair_stand_completed",
    "gait_speed_m_s",
    "gait_distance_m",
    "sppb",
    "tug_s",
    "walk_400m_s",
    "walk_400m_completed",
    "walk_6min_m",
    "sarc_f",
    "calf_circumference_cm",
    "fragility_fracture",
    "sm_l3_cm2",
    "vbmd_lumbar_mg_cm3",
    "qus_t",
    "pdxa_t",
    "vitamin_d_25oh_nmol_l",
    "vitamin_d_125oh2_pmol_l",
    "calcium_mmol_l",
    "phosphate_mmol_l",
    "pth_pg_ml",
    "testosterone_nmol_l",
    "osteocalcin_ng_ml",
    "ctx_ng_ml",
    "trap5b_mu_dl",
    "alp_u_l",
};
#define SHOWN_COUNT (sizeof(SHOWN) / sizeof(SHOWN[0]))

/* Pictures that may stand in images/, and what they show. */
static const struct {
    const char *name, *caption;
} PICTURES[] = {
    {"tissue", "tissue picture"},    {"spine", "spine picture"},       {"dxa", "dxa picture"},
    {"femur_left", "femur picture"}, {"femur_right", "femur picture"}, {"hip", "hip picture"},
};
#define PICTURE_KINDS (sizeof(PICTURES) / sizeof(PICTURES[0]))

/* What is owned while one page is made. */
typedef struct material {
    osarc_report_class *classes;
    osarc_patient_scan *scans;
    osarc_report_scan *shown_scans;
    osarc_report_picture *pictures;
    size_t picture_count;
    osarc_report_value values[SHOWN_COUNT];
} material;

static const osarc_definition *find_definition(const osarc_definitions *set, const char *id)
{
    const osarc_definition *d;
    for (size_t i = 0; (d = osarc_definitions_at(set, i)); i++)
        if (strcmp(d->id, id) == 0)
            return d;
    return NULL;
}

static osarc_status take_classes(material *own, osarc_patient_report *report,
                                 const osarc_classes *classes, const osarc_definitions *set,
                                 osarc_error *err)
{
    size_t count = osarc_classes_count(classes);
    own->classes = osi_alloc(count, sizeof(*own->classes), err);
    if (!own->classes)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const osarc_class_row *row = osarc_classes_at(classes, i);
        const osarc_definition *d = find_definition(set, row->definition);
        own->classes[i] = (osarc_report_class){
            .definition = row->definition,
            .kind = d ? d->kind : "",
            .title = d ? d->title : "",
            .confidence = d ? d->confidence : '\0',
            .arm = row->arm,
            .state = osarc_state_name(row->state),
            .class_name = row->class_name,
            .p_class = row->p_class,
            .rule = row->rule,
            .inputs = row->inputs,
            .missing = row->missing,
            .notes = row->notes,
            .would_change_if = row->would_change_if,
        };
    }
    report->classes = own->classes;
    report->class_count = count;
    return OSARC_OK;
}

static int is_there(const char *path)
{
    FILE *file = fopen(path, "rb"); /* banned-ok */
    if (file)
        fclose(file);
    return file != NULL;
}

static osarc_status take_pictures(material *own, osarc_patient_report *report, out_folder *out,
                                  const report_sources *from, osarc_error *err)
{
    own->pictures = osi_alloc(from->count * PICTURE_KINDS, sizeof(*own->pictures), err);
    if (!own->pictures)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < from->count; i++)
        for (size_t k = 0; k < PICTURE_KINDS; k++) {
            const series_result *result = &from->results[i];
            if (!result->number || strcmp(result->case_id, report->case_id) != 0)
                continue;
            const char *path =
                out_path(out, err, "images/%zu_%s.png", result->number, PICTURES[k].name);
            if (!path)
                return OSARC_ERR_MEMORY;
            if (!is_there(path))
                continue;
            char *copy = osi_strdup(path, err);
            if (!copy)
                return OSARC_ERR_MEMORY;
            own->pictures[own->picture_count++] = (osarc_report_picture){copy, PICTURES[k].caption};
        }
    report->pictures = own->pictures;
    report->picture_count = own->picture_count;
    return OSARC_OK;
}

/* The same facts that the classes stand on, of all scans. */
static osarc_status take_person(material *own, osarc_patient_report *report,
                                const report_sources *from, size_t first, osarc_error *err)
{
    own->scans = osi_alloc(from->count, sizeof(*own->scans), err);
    own->shown_scans = osi_alloc(from->count, sizeof(*own->shown_scans), err);
    if (!own->scans || !own->shown_scans)
        return OSARC_ERR_MEMORY;
    size_t count = class_scans_list(own->scans, from->results, first, from->count);
    for (size_t i = 0; i < count; i++)
        own->shown_scans[i] =
            (osarc_report_scan){own->scans[i].acquisition->series_uid, own->scans[i].number,
                                own->scans[i].acquisition->study_date};
    report->scans = own->shown_scans;
    report->scan_count = count;
    report->patient_id = from->results[first].acquisition.patient_id;
    const osarc_patient patient = {.case_id = report->case_id,
                                   .patient_id = report->patient_id,
                                   .clinical = from->clinical,
                                   .scans = own->scans,
                                   .scan_count = count};
    osarc_patient_facts facts = osarc_patient_facts_all(&patient);
    report->person = facts.person;
    report->height_m = facts.height_m;
    report->weight_kg = facts.weight_kg;
    return OSARC_OK;
}

static void take_values(material *own, osarc_patient_report *report, const report_sources *from,
                        const osarc_acquisition *header)
{
    for (size_t i = 0; i < SHOWN_COUNT; i++) {
        double value = from->clinical
                           ? osarc_clinical_number(from->clinical, header->patient_id, SHOWN[i])
                           : NAN;
        const char *word =
            from->clinical ? osarc_clinical_word(from->clinical, header->patient_id, SHOWN[i]) : "";
        own->values[i] = (osarc_report_value){SHOWN[i], value, word};
    }
    report->values = own->values;
    report->value_count = SHOWN_COUNT;
}

static osarc_status write_page(const char *name, size_t index, const osarc_classes *classes,
                               const osarc_definitions *set, out_folder *out,
                               const report_sources *from, osarc_error *err)
{
    material own = {0};
    const series_result *first = &from->results[index];
    osarc_patient_report report = {.case_id = first->case_id,
                                   .findings = from->findings,
                                   .language = from->language,
                                   .guidance = from->guidance};
    take_values(&own, &report, from, &first->acquisition);
    osarc_status status = take_person(&own, &report, from, index, err);
    if (!status)
        status = take_classes(&own, &report, classes, set, err);
    if (!status)
        status = take_pictures(&own, &report, out, from, err);
    if (!status) {
        const char *path = out_path(out, err, "%s", name);
        status = path ? osarc_report_html(&report, path, err) : OSARC_ERR_MEMORY;
    }
    for (size_t i = 0; i < own.picture_count; i++)
        osi_free((void *) own.pictures[i].path);
    osi_free(own.pictures);
    osi_free(own.classes);
    osi_free(own.scans);
    osi_free(own.shown_scans);
    return status;
}

static osarc_status write_index(out_folder *out, const report_sources *from, osarc_error *err)
{
    const char **cases = osi_alloc(from->classes->count, sizeof(*cases), err);
    if (!cases)
        return OSARC_ERR_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < from->count; i++)
        if (is_first_of_case(from->results, i))
            cases[count++] = from->results[i].case_id;
    const char *path = out_path(out, err, "report.html");
    osarc_status status =
        path ? osarc_report_index_html(cases, count, from->language, path, err) : OSARC_ERR_MEMORY;
    osi_free(cases);
    return status;
}

osarc_status report_step_write(out_folder *out, const report_sources *from, osarc_error *err)
{
    const osarc_definitions *set = from->classes->set;
    size_t made = 0;
    int several = from->classes->count > 1;
    osarc_status status = OSARC_OK;
    if (several) {
        const char *path = out_path(out, err, "reports");
        status = path ? osi_folder_create(path, err) : OSARC_ERR_MEMORY;
    }
    for (size_t i = 0; !status && i < from->count; i++) {
        char name[48];
        if (!is_first_of_case(from->results, i))
            continue;
        snprintf(name, sizeof(name), several ? "reports/%zu.html" : "report.html", made + 1);
        status = write_page(name, i, from->classes->cases[made], set, out, from, err);
        made++;
    }
    if (!status && several)
        status = write_index(out, from, err);
    return status;
}
