/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/selftest.h>

#include "answer.h"
#include "cmd.h"

static void print_table(const osarc_selftest *selftest)
{
    const char *case_name = "";
    for (size_t i = 0; i < osarc_selftest_count(selftest); i++) {
        const osarc_selftest_row *row = osarc_selftest_at(selftest, i);
        if (strcmp(row->case_name, case_name) != 0) {
            case_name = row->case_name;
            printf("%s%s\n  %-28s %-27s %10s %10s %9s %-4s %-6s %s\n", i ? "\n" : "", case_name,
                   "quantity", "tissue", "measured", "true", "allowed", "unit", "", "because");
        }
        char measured[32] = "refused";
        if (isfinite(row->measured))
            snprintf(measured, sizeof(measured), "%.2f", row->measured);
        printf("  %-28s %-27s %10s %10.2f %9.2f %-4s %-6s %s\n", row->quantity, row->tissue,
               measured, row->truth, row->tolerance, row->unit, row->ok ? "ok" : "FAILED",
               row->tolerance_reason);
    }
}

static json_t *row_json(const osarc_selftest_row *row)
{
    return json_pack("{s:s,s:s,s:s,s:o,s:f,s:s,s:f,s:s,s:b}", "case", row->case_name, "quantity",
                     row->quantity, "tissue", row->tissue, "measured",
                     isfinite(row->measured) ? json_real(row->measured) : json_null(), "truth",
                     row->truth, "unit", row->unit, "tolerance", row->tolerance, "tolerance_reason",
                     row->tolerance_reason, "ok", row->ok);
}

static int print_json(const cli_call *call, const osarc_selftest *selftest)
{
    json_t *rows = json_array();
    json_t *root = json_pack("{s:s,s:I,s:o}", "version", osarc_version(), "failed",
                             (json_int_t) osarc_selftest_failed(selftest), "rows", rows);
    int failed = !root;
    for (size_t i = 0; !failed && i < osarc_selftest_count(selftest); i++)
        failed = json_array_append_new(rows, row_json(osarc_selftest_at(selftest, i)));
    return cli_print_answer(call, root, failed);
}

static int run_selftest(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_selftest *selftest = NULL;
    osarc_selftest_options options = {.threads = call->threads, .progress = cli_progress(call)};
    osarc_status status = osarc_selftest_run(&selftest, &options, &err);
    if (status)
        return cli_fail(call, status, CLI_WRITING, &err);
    size_t failed = osarc_selftest_failed(selftest);
    size_t count = osarc_selftest_count(selftest);
    int code = CLI_EXIT_OK;
    if (call->json)
        code = print_json(call, selftest);
    else
        print_table(selftest);
    osarc_selftest_free(selftest);
    if (failed) {
        cli_complain(call, "%zu of %zu values are not as they should be", failed, count);
        return CLI_EXIT_REFUSED;
    }
    if (!call->json)
        printf("\nall %zu values are as they should be\n", count);
    return code;
}

const cli_verb cli_cmd_selftest = {
    .name = "selftest",
    .parameters = "",
    .summary = "Measure synthetic scans whose true values are known, and compare.",
    .details = "Makes scans of simple shapes, one of them through DICOM files in a temporary "
               "folder, measures them as `run` does and prints each value beside the truth. Exit "
               "code 0 only if all agree, 80 if one does not.",
    .shared = CLI_JSON | CLI_THREADS | CLI_QUIET,
    .min_inputs = 0,
    .max_inputs = 0,
    .run = run_selftest,
};
