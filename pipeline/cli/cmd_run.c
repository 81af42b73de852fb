/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include <osarc/run.h>

#include "cmd.h"
#include "results.h"

static int print_results(const cli_call *call, const osarc_findings *findings)
{
    int printed;
    if (call->json) {
        printed = cli_print_json(call->out);
    } else {
        cli_print_volumes(findings, call->out);
        printed = cli_print_classes(call->out);
        if (cli_any_measured(findings))
            printf("pictures: %s/images, to be looked at before the numbers\n", call->out);
        if (cli_has_file(call->out, "report.html"))
            printf("report: %s/report.html\n", call->out);
    }
    if (!printed)
        cli_complain(call, "%s: the results cannot be read back", call->out);
    return printed;
}

static int take_number(const cli_call *call, const char *name, double *out)
{
    const char *text = cli_value(call, name);
    if (!text || cli_read_number(text, out))
        return 1;
    cli_complain(call, "--%s is '%s', a number is needed", name, text);
    return 0;
}

static int run_run(const cli_call *call)
{
    char today[16];
    cli_print_today(today);
    osarc_run_options options = {
        .out_folder = call->out,
        .clinical_path = cli_value(call, "clinical"),
        .definitions = cli_value(call, "definition"),
        .definitions_folder = cli_value(call, "definitions"),
        .precision_path = cli_value(call, "precision"),
        .calibration = cli_value(call, "calibration"),
        .phantom_path = cli_value(call, "phantom-file"),
        .dxa_calibration_path = cli_value(call, "dxa-calibration"),
        .today = today[0] ? today : NULL,
        .labels_path = cli_value(call, "labels"),
        .exclude_path = cli_value(call, "exclude"),
        .hu_windows_path = cli_value(call, "hu-windows"),
        .reference_path = cli_value(call, "reference-db"),
        .conversion_path = cli_value(call, "ctxa-conversion"),
        .imat = cli_value(call, "imat"),
        .sensitivity = cli_value(call, "sensitivity") != NULL,
        .calibration_force = cli_value(call, "calibration-force") != NULL,
        .accept_contrast = cli_value(call, "accept-contrast") != NULL,
        .sbmd = cli_value(call, "sbmd") != NULL,
        .mirror_arm = cli_value(call, "mirror-arm") != NULL,
        .language = cli_value(call, "lang"),
        .guidance = cli_value(call, "guidance") != NULL,
        .report_path = call->report,
        .arguments = call->arguments,
        .argument_count = call->argument_count,
        .threads = call->threads,
        .overwrite = call->overwrite,
        .progress = cli_progress(call),
    };
    if (!take_number(call, "level-extent", &options.level_extent_mm) ||
        !take_number(call, "lean-hu", &options.lean_hu))
        return CLI_EXIT_USAGE;
    osarc_run_summary summary = {0};
    osarc_findings *findings = NULL;
    osarc_error err = OSARC_ERROR_INIT;
    osarc_status status =
        osarc_run(&summary, &findings, call->inputs, call->input_count, &options, &err);
    int code = (int) summary.exit_code;
    if (status) {
        int own = cli_fail(call, status, CLI_READING, &err);
        code = code ? code : own;
    } else {
        if (!print_results(call, findings))
            code = CLI_EXIT_INTERNAL;
        if (code != CLI_EXIT_OK)
            cli_complain(call, "%s", summary.text);
    }
    osarc_findings_free(findings);
    return code;
}

static const cli_option OPTIONS[] = {
    {"clinical", 0, "FILE", "Values of the patients that no scan tells: CSV, one row a patient."},
    {"definition", 0, "ID[,ID...]", "Only these definitions; all when not given."},
    {"definitions", 0, "DIR", "Your own definitions too, from the .json files of this folder."},
    {"precision", 0, "FILE", "Precision errors of your site: CSV with quantity, sd or cv_percent."},
    {"calibration", 0, "HOW",
     "Density scale from: auto (a phantom in view, else the patient's tissues), phantom, internal, "
     "async:FILE (made before with `osarc calibrate`), none."},
    {"calibration-force", 0, NULL, "Use async:FILE on another scanner, voltage or kernel, too."},
    {"phantom-file", 0, "FILE", "Models of own phantoms, tried first: JSON."},
    {"dxa-calibration", 0, "FILE",
     "Of a densitometer, made with `osarc calibrate --wedge`; tables and a warning when not "
     "given."},
    {"labels", 0, "FILE",
     "Vertebrae from a label map: NIfTI in TotalSegmentator numbers, or DICOM SEG."},
    {"exclude", 0, "FILE",
     "A mask to leave out, such as a tumour: NIfTI, DICOM SEG or RTSTRUCT. Of thighs so far."},
    {"hu-windows", 0, "FILE", "HU windows of fat and muscle: JSON, under a name of its own."},
    {"reference-db", 0, "FILE", "Reference populations of your own, tried first: CSV."},
    {"ctxa-conversion", 0, "FILE",
     "Your own equations from the hip projected from CT to a densitometer's scale: JSON."},
    {"imat", 0, "ID",
     "What counts as intermuscular fat: between-and-within (as when not given) or "
     "within."},
    {"level-extent", 0, "MM",
     "Areas at a vertebra as means over MM above and below its middle; one slice when not given."},
    {"lean-hu", 0, "HU",
     "CT number of muscle without fat, for the fat in muscle; 49.2 when not "
     "given."},
    {"sensitivity", 0, NULL,
     "Also write sensitivity.csv: how areas move with window, definition and smallest piece."},
    {"lang", 0, "en|zh", "Language of report.html; English when not given."},
    {"guidance", 0, NULL,
     "Quote in report.html what the review of osteosarcopenia says on food and exercise."},
    {"sbmd", 0, NULL,
     "Also give densities of densitometers on the makers' common scale (sBMD), in mg/cm2."},
    {"mirror-arm", 0, NULL,
     "Whole body of a densitometer: for an arm that the picture's edge cuts the other one stands, "
     "with a warning."},
    {"accept-contrast", 0, NULL, "Give densities under contrast, as warnings."},
    {0},
};

const cli_verb cli_cmd_run = {
    .name = "run",
    .parameters = "INPUT...",
    .summary = "Measure every usable CT series and densitometer pair, and classify each patient.",
    .details = "INPUT is a file or a folder of DICOM or NIfTI files. OUT gets run.json, "
               "findings.csv, findings.json, classification.csv, masks and images.",
    .shared = CLI_NEEDS_OUT | CLI_JSON | CLI_THREADS | CLI_QUIET | CLI_OVERWRITE | CLI_REPORT,
    .options = OPTIONS,
    .min_inputs = 1,
    .max_inputs = SIZE_MAX,
    .run = run_run,
};
