/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_by_step FOLDER: read, segment, measure, one call each, for a program that keeps the masks.
 */
#include <math.h>
#include <stdio.h>

#include <osarc/osarc.h>

static int fail(const osarc_error *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 1;
}

static int measure(osarc_catalogue *catalogue, size_t series)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_scan *scan = NULL;
    osarc_mask *tissue = NULL;
    osarc_segment_report seen;
    osarc_findings *findings = NULL;
    int bad = osarc_scan_read(&scan, catalogue, series, NULL, &err) ||
              osarc_segment_tissues(&tissue, &seen, osarc_scan_image(scan), NULL, NULL, &err) ||
              osarc_findings_create(&findings, &err);
    if (!bad) {
        osarc_measure_context context = {"example", osarc_scan_acquisition(scan), NULL};
        bad = osarc_measure_tissues(findings, &context, osarc_scan_image(scan), tissue, NAN,
                                    seen.body_cut_fraction, 0, &err);
    }
    for (size_t i = 0; !bad && i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        printf("%s %s %s: %g %s (%s)\n", row->site, row->level, row->quantity, row->value,
               row->unit, osarc_quality_name(row->quality));
    }
    if (bad)
        fail(&err);
    osarc_findings_free(findings);
    osarc_mask_free(tissue);
    osarc_scan_free(scan);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: step_by_step FOLDER\n", stderr);
        return 1;
    }
    const char *folder = argv[1];
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    if (osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err))
        return fail(&err);
    int bad = 0;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++)
        if (osarc_catalogue_series(catalogue, i)->decision == OSARC_DECISION_USABLE)
            bad |= measure(catalogue, i);
    osarc_catalogue_free(catalogue);
    return bad;
}
