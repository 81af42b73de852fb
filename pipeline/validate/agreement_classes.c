/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agreement_private.h"

#include <stdio.h>

#include <osi/alloc.h>
#include <osi/text.h>

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static osarc_status add_kappa(osarc_agreement *out, const osi_group *g, const char *name,
                              osi_weights weights, osarc_error *err)
{
    osi_estimate k;
    if (weights != OSI_WEIGHTS_NONE && !out->classes_ordered)
        return osi_agreement_add(
            out, g->name, name,
            osi_refused(g->count, "the order of the classes is not known: it must be given"), NULL,
            err);
    osarc_status status = osi_kappa_find(&k, g->counts, out->classes.count, weights, err);
    return status ? status : osi_agreement_add(out, g->name, name, k, NULL, err);
}

/* A row named "name:class", or "name:class/class". */
static osarc_status add_named(osarc_agreement *out, const osi_group *g, const char *name,
                              const char *first, const char *second, osi_estimate e,
                              osarc_error *err)
{
    osi_text whole = {0};
    osarc_status status = osi_text_printf(&whole, err, "%s:%s%s%s", name, first, second ? "/" : "",
                                          second ? second : "");
    if (!status)
        status = osi_agreement_add(out, g->name, whole.data, e, NULL, err);
    osi_free(whole.data);
    return status;
}

static osarc_status add_rates(osarc_agreement *out, const osi_group *g, size_t which,
                              osarc_error *err)
{
    osi_diagnostic d;
    const char *name = out->classes.items[which];
    osi_diagnostic_find(&d, g->counts, out->classes.count, which);
    osarc_status status = add_named(out, g, "sensitivity", name, NULL, d.sensitivity, err);
    if (!status)
        status = add_named(out, g, "specificity", name, NULL, d.specificity, err);
    if (!status)
        status = add_named(out, g, "ppv", name, NULL, d.ppv, err);
    return status ? status : add_named(out, g, "npv", name, NULL, d.npv, err);
}

osarc_status osi_agreement_classes(osarc_agreement *out, osi_group *group, osarc_error *err)
{
    size_t classes = out->classes.count;
    osi_estimate accuracy = osi_diagnostic_accuracy(group->counts, classes);
    osarc_status status = osi_agreement_add(out, group->name, "accuracy", accuracy, NULL, err);
    if (!status)
        status = add_kappa(out, group, "kappa", OSI_WEIGHTS_NONE, err);
    if (!status)
        status = add_kappa(out, group, "kappa_linear", OSI_WEIGHTS_LINEAR, err);
    if (!status)
        status = add_kappa(out, group, "kappa_quadratic", OSI_WEIGHTS_QUADRATIC, err);
    for (size_t i = 0; i < classes && !status; i++)
        status = add_rates(out, group, i, err);
    for (size_t i = 0; i < classes * classes && !status; i++)
        status = add_named(out, group, "confusion", out->classes.items[i / classes],
                           out->classes.items[i % classes],
                           osi_known(group->counts[i], NAN, NAN, group->count), err);
    return status;
}

osarc_status osi_agreement_roc(osarc_agreement *out, osi_group *group, osarc_error *err)
{
    int compared = out->second[0] != '\0';
    osi_roc *r = &group->roc;
    osarc_status status = osi_roc_find(r, group->y, compared ? group->second : NULL,
                                       group->positive, group->count, out->low_is_positive, err);
    if (status)
        return status;
    double cases = 0;
    for (size_t i = 0; i < group->count; i++)
        cases += group->positive[i];
    osi_estimate threshold = r->auc.quality == OSARC_QUALITY_REFUSED
                                 ? r->auc
                                 : osi_known(r->threshold, NAN, NAN, group->count);
    const char *rule =
        out->low_is_positive ? "positive at or below the threshold" : "positive at or above it";
    const osi_named rows[] = {
        {"positives", osi_known(cases, NAN, NAN, group->count), NULL},
        {"auc", r->auc, NULL},
        {"youden_threshold", threshold, rule},
        {"youden_j", r->youden, "chosen on these data: optimistic for others"},
        {"youden_sensitivity", r->sensitivity, NULL},
        {"youden_specificity", r->specificity, NULL}};
    status = osi_agreement_add_all(out, group->name, rows, COUNT_OF(rows), err);
    if (status || !compared)
        return status;
    const osi_named more[] = {{"auc_second", r->auc_second, NULL},
                              {"auc_difference", r->difference, NULL},
                              {"auc_difference_p", r->difference_p, NULL}};
    return osi_agreement_add_all(out, group->name, more, COUNT_OF(more), err);
}
