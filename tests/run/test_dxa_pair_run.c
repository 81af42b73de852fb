/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of synthetic images from files to rows: sides, and what counts as measured. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osarc/dxa_phantom.h>
#include <osarc/run.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "make_dicom.h"

static osarc_error err = OSARC_ERROR_INIT;
static char out[] = "/tmp/osarc_pair_XXXXXX";
static osarc_findings *findings;
static osarc_run_summary summary;

/* Instead of L\F, in both files. */
static void say_orientation(const char *folder, const char *orientation)
{
    static const char STATED[] = "CS\4\0L\\F ";
    for (int e = 1; e <= 2; e++) {
        char name[16];
        char path[256];
        uint8_t *bytes = NULL;
        size_t size = 0;
        snprintf(name, sizeof(name), "000%d.dcm", e);
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 24, &err));
        uint8_t *at = memmem(bytes, size, STATED, 8);
        cr_assert(at != NULL);
        memcpy(at + 4, orientation, 4);
        save(folder, name, bytes, size);
        osi_free(bytes);
    }
}

/* A phantom under the name of a view, written and run without a calibration. */
static void run(const char *kind, osarc_dxa_view view, const char *orientation)
{
    osarc_dxa_phantom_options drawn = {0};
    osarc_dxa_phantom *phantom = NULL;
    osarc_dxa_pair *pair = NULL;
    const char *folder = make_folder();
    cr_assert(mkdtemp(out) != NULL);
    EXPECT_OK(osarc_dxa_phantom_create(&phantom, kind, &drawn, &err));
    const osarc_dxa_pair *from = osarc_dxa_phantom_pair(phantom);
    osarc_dxa_facts facts = *osarc_dxa_pair_facts(from);
    facts.view = view;
    EXPECT_OK(osarc_dxa_pair_create(&pair, &facts, &err));
    for (int e = 0; e < 2; e++)
        memcpy(osarc_dxa_pair_fill(pair, (osarc_dxa_energy) e),
               osarc_dxa_pair_values(from, (osarc_dxa_energy) e),
               facts.columns * facts.rows * sizeof(float));
    EXPECT_OK(osarc_dxa_write(folder, pair, "pair", &err));
    osarc_dxa_pair_free(pair);
    osarc_dxa_phantom_free(phantom);
    if (orientation)
        say_orientation(folder, orientation);
    osarc_run_options options = {.out_folder = out, .overwrite = 1, .definitions = "who"};
    EXPECT_OK(osarc_run(&summary, &findings, &folder, 1, &options, &err));
    remove_folder(folder);
}

static const osarc_finding *neck(void)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->quantity, "abmd") && !strcmp(row->level, "neck"))
            return row;
    }
    cr_assert(0, "no neck");
    return NULL;
}

static void stop(void)
{
    osarc_findings_free(findings);
    EXPECT_OK(osi_folder_remove(out, &err));
}

Test(run_dxa_pair, the_side_is_that_of_the_protocol_where_the_header_says_left)
{
    run("dxa-hip", OSARC_DXA_VIEW_FEMUR_LEFT, NULL);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_OK), "%s", summary.text);
    cr_expect(eq(str, (char *) neck()->side, "left"));
    cr_expect(strstr(neck()->note, "where left is") == NULL, "%s", neck()->note);
    stop();
}

Test(run_dxa_pair, columns_to_the_right_are_turned_before_the_bone_is_looked_at)
{
    run("dxa-hip", OSARC_DXA_VIEW_FEMUR_LEFT, "R\\F ");
    cr_expect(eq(str, (char *) neck()->side, ""), "%s", neck()->note);
    stop();
}

Test(run_dxa_pair, sides_that_are_assumed_are_a_warning)
{
    run("dxa-hip", OSARC_DXA_VIEW_FEMUR_LEFT, "    ");
    cr_expect(eq(str, (char *) neck()->side, "left"));
    cr_expect(strstr(neck()->note, "does not say where left is") != NULL, "%s", neck()->note);
    stop();
}

Test(run_dxa_pair, an_image_that_lies_on_its_side_is_refused)
{
    run("dxa-hip", OSARC_DXA_VIEW_FEMUR_LEFT, "F\\L ");
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_REFUSED), "%s", summary.text);
    cr_expect(strstr(summary.text, "upright") != NULL, "%s", summary.text);
    stop();
}

Test(run_dxa_pair, a_pair_with_every_row_refused_was_not_measured)
{
    run("dxa-spine", OSARC_DXA_VIEW_KNEE, NULL);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_REFUSED), "%s", summary.text);
    cr_expect(eq(sz, summary.series_measured, 0));
    cr_expect(eq(sz, summary.series_refused, 1));
    cr_expect(strstr(summary.text, "knees are not measured") != NULL, "%s", summary.text);
    for (size_t i = 0; i < osarc_findings_count(findings); i++)
        cr_expect(eq(int, (int) osarc_findings_at(findings, i)->quality, OSARC_QUALITY_REFUSED));
    stop();
}
