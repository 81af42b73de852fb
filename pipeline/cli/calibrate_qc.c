/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibrate_qc.h"

#include <stdio.h>

#include <osarc/quality_control.h>

#define BASELINE_LEAST 10
#define BASELINE_MOST  200

static int answer(const cli_call *call, const osarc_qc *qc)
{
    osarc_error err = OSARC_ERROR_INIT;
    if (call->out) {
        osarc_status status = osarc_qc_write(qc, call->out, call->overwrite, &err);
        if (status == OSARC_ERR_ARGUMENT)
            return cli_usage(call, "%s; --overwrite replaces it", err.text);
        if (status)
            return cli_fail(call, status, CLI_WRITING, &err);
    }
    fputs(call->json ? osarc_qc_json(qc) : osarc_qc_table(qc), stdout);
    size_t bad = osarc_qc_bad(qc);
    size_t judged = osarc_qc_judged(qc);
    if (bad) {
        cli_complain(call,
                     "%zu of %zu out of control: no patient should be measured before it is "
                     "explained",
                     bad, judged);
        return CLI_EXIT_REFUSED;
    }
    if (!judged) {
        cli_complain(call, "nothing is judged yet: no baseline is complete");
        return CLI_EXIT_NOTHING_USABLE;
    }
    return CLI_EXIT_OK;
}

int cli_calibrate_qc(const cli_call *call, const char *path)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_qc *qc = NULL;
    osarc_qc_options options = {0};
    const char *baseline = cli_value(call, "qc-baseline");
    long count = 0;
    if (call->input_count)
        return cli_usage(call, "--qc takes its table as FILE, and no INPUT");
    if (cli_value(call, "wedge") || cli_value(call, "phantom-model") ||
        cli_value(call, "phantom-file"))
        return cli_usage(call, "--qc goes with none of --wedge and --phantom-...");
    if (baseline && !cli_read_integer(baseline, BASELINE_LEAST, BASELINE_MOST, &count))
        return cli_usage(call, "--qc-baseline is '%s', a whole number from %d to %d is needed",
                         baseline, BASELINE_LEAST, BASELINE_MOST);
    options.baseline = (size_t) count;
    osarc_status status = osarc_qc_read(&qc, path, &options, &err);
    int code = status ? cli_fail(call, status, CLI_READING, &err) : answer(call, qc);
    osarc_qc_free(qc);
    return code;
}
