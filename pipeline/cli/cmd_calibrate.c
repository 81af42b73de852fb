/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/calibrate.h>

#include "answer.h"
#include "calibrate_dxa.h"
#include "calibrate_qc.h"
#include "cmd.h"

static void print_number(char *out, size_t room, const char *format, double value)
{
    if (isfinite(value))
        snprintf(out, room, format, value);
    else
        snprintf(out, room, "-");
}

static void print_rods(const osarc_calibration *cal)
{
    printf("%-8s %14s %10s %8s %12s\n", "rod", "mg/cm3", "HU", "SE", "residual HU");
    for (size_t i = 0; i < cal->point_count; i++) {
        const osarc_calibration_point *point = &cal->points[i];
        char se[32];
        print_number(se, sizeof(se), "%.2f", point->hu_se);
        printf("%-8s %14.2f %10.2f %8s %12.2f\n", point->name, point->reference, point->hu, se,
               point->residual_hu);
    }
}

static void print_interval(const char *name, const char *unit, double value, const double ci[2])
{
    printf("%-10s %.4f", name, value);
    if (isfinite(ci[0]) && isfinite(ci[1]))
        printf(" (95 %% %.4f to %.4f)", ci[0], ci[1]);
    printf(" %s\n", unit);
}

static void print_table(const osarc_calibration *cal, const osarc_notes *notes)
{
    char r2[32];
    char sd[32];
    printf("phantom    %s, basis %s\n\n", cal->model, cal->basis);
    print_rods(cal);
    putchar('\n');
    print_interval("slope", "HU per mg/cm3", cal->slope_hu_per_mg_cm3, cal->slope_ci);
    print_interval("intercept", "HU", cal->intercept_hu, cal->intercept_ci);
    print_number(r2, sizeof(r2), "%.6f", cal->r2);
    print_number(sd, sizeof(sd), "%.2f HU", cal->residual_sd_hu);
    printf("%-10s %s, residual SD %s\n", "R2", r2, sd);
    if (isfinite(cal->effective_energy_kev))
        print_interval("energy", "keV", cal->effective_energy_kev, cal->energy_ci);
    for (size_t i = 0; i < osarc_notes_count(notes); i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        printf("%s%s: %s\n", i ? "" : "\n",
               note->severity == OSARC_NOTE_WARNING ? "warning" : "note", note->text);
    }
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *pair_json(const double pair[2])
{
    return json_pack("[o,o]", real_or_null(pair[0]), real_or_null(pair[1]));
}

static json_t *rods_json(const osarc_calibration *cal)
{
    json_t *rods = json_array();
    for (size_t i = 0; i < cal->point_count; i++) {
        const osarc_calibration_point *point = &cal->points[i];
        json_array_append_new(rods, json_pack("{s:s,s:o,s:o,s:o,s:o}", "name", point->name,
                                              "density_mg_cm3", real_or_null(point->reference),
                                              "hu", real_or_null(point->hu), "hu_se",
                                              real_or_null(point->hu_se), "residual_hu",
                                              real_or_null(point->residual_hu)));
    }
    return rods;
}

json_t *cli_notes_json(const osarc_notes *notes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_notes_count(notes); i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:s}", "severity",
                                        note->severity == OSARC_NOTE_WARNING ? "warning" : "info",
                                        "code", note->code, "text", note->text));
    }
    return list;
}

static int print_json(const cli_call *call, const osarc_calibration *cal, const osarc_notes *notes)
{
    json_t *root =
        json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "version",
                  osarc_version(), "model", cal->model, "basis", cal->basis, "slope_hu_per_mg_cm3",
                  real_or_null(cal->slope_hu_per_mg_cm3), "slope_ci", pair_json(cal->slope_ci),
                  "intercept_hu", real_or_null(cal->intercept_hu), "intercept_ci",
                  pair_json(cal->intercept_ci), "r2", real_or_null(cal->r2), "residual_sd_hu",
                  real_or_null(cal->residual_sd_hu), "effective_energy_kev",
                  real_or_null(cal->effective_energy_kev), "energy_ci", pair_json(cal->energy_ci),
                  "rods", rods_json(cal), "notes", cli_notes_json(notes));
    return cli_print_answer(call, root, 0);
}

static int run_calibrate(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration calibration;
    osarc_notes *notes = NULL;
    int writing = 0;
    char today[16];
    const char *wedge = cli_value(call, "wedge");
    const char *scans = cli_value(call, "qc");
    if (scans)
        return cli_calibrate_qc(call, scans);
    if (cli_value(call, "qc-baseline"))
        return cli_usage(call, "--qc-baseline goes with --qc");
    if (!call->input_count)
        return cli_usage(call, "INPUT... needed");
    if (!call->out)
        return cli_usage(call, "-o OUT is needed: where results are written");
    if (wedge && (cli_value(call, "phantom-model") || cli_value(call, "phantom-file")))
        return cli_usage(call, "--wedge is for densitometer images, --phantom-... for CT");
    if (wedge)
        return cli_calibrate_dxa(call, wedge);
    cli_print_today(today);
    osarc_calibrate_options options = {.out_path = call->out,
                                       .made_on = today,
                                       .model_id = cli_value(call, "phantom-model"),
                                       .models_path = cli_value(call, "phantom-file"),
                                       .threads = call->threads,
                                       .overwrite = call->overwrite,
                                       .progress = cli_progress(call)};
    osarc_status status = osarc_calibrate_scan(&calibration, &notes, &writing, call->inputs,
                                               call->input_count, &options, &err);
    if (status)
        return cli_fail(call, status, writing ? CLI_WRITING : CLI_READING, &err);
    int code = CLI_EXIT_OK;
    if (call->json)
        code = print_json(call, &calibration, notes);
    else
        print_table(&calibration, notes);
    osarc_notes_free(notes);
    return code;
}

static const cli_option OPTIONS[] = {
    {"phantom-model", 0, "ID", "Which phantom it is, such as mindways3_ct; refused if it is not."},
    {"phantom-file", 0, "FILE", "JSON with the values of own phantoms, as their certificates say."},
    {"wedge", 0, "WEDGE",
     "INPUT is a densitometer's image of a step wedge: al-pmma, ha-pe, or a JSON file of its "
     "steps."},
    {"qc", 0, "FILE.csv",
     "No INPUT: judge a table of daily phantom scans (date, device, phantom, value); -o takes a "
     "folder for charts."},
    {"qc-baseline", 0, "N", "Measurements that a baseline is made of; 25 when not given."},
    {0},
};

const cli_verb cli_cmd_calibrate = {
    .name = "calibrate",
    .parameters = "[INPUT...]",
    .summary = "Find a bone density phantom or wedge in a scan and keep its scale for later scans.",
    .details =
        "INPUT is one CT series with a phantom in view, with a patient or without. OUT is "
        "a file: the calibration, for scans of the same scanner, kVp and kernel. Prints "
        "each rod with its residual. With --wedge INPUT is the two energies of a densitometer, and "
        "OUT is for `osarc run --dxa-calibration`. Exit code 80 when there is no phantom, when it "
        "cannot be told, or when the fit is bad. With --qc exit code 80 when a device is out of "
        "control: docs/quality-control.md tells of each rule.",
    .shared = CLI_OUT | CLI_JSON | CLI_THREADS | CLI_QUIET | CLI_OVERWRITE,
    .options = OPTIONS,
    .max_inputs = SIZE_MAX,
    .run = run_calibrate,
};
