/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include <osarc/validate.h>

#include "cmd.h"

static const cli_option OPTIONS[] = {
    {"data", 0, "FILE.csv", "A table with a row for each reading."},
    {"method", 0, "COLUMN", "The column to be judged."},
    {"reference", 0, "COLUMN", "The column to judge it by."},
    {"repeat", 0, "COLUMN", "Rows with the same text here are repeats on one subject."},
    {"by", 0, "COLUMN", "Also judge each group of rows with the same text here."},
    {"case", 0, "COLUMN", "Names the case: the same case twice is refused."},
    {"classes", 0, NULL, "Both columns hold classes: confusion, kappa, rates."},
    {"order", 0, "A,B,C", "The classes from lowest to highest, for weighted kappa."},
    {"roc", 0, NULL, "The method is a score, the reference has two classes."},
    {"positive", 0, "CLASS",
     "The class of the reference that counts as positive; 1 when not given."},
    {"low-is-positive", 0, NULL, "Low scores speak for the positive class."},
    {"method2", 0, "COLUMN", "Another score, whose area is compared with the first."},
    {"log", 0, NULL, "Limits of agreement as ratios too."},
    {"lambda", 0, "RATIO",
     "Error variance of method over reference, for Deming; 1 when not given."},
    {"change", 0, "VALUE", "Say whether this change exceeds the least significant change."},
    {"findings", 0, "FILE.csv", "A findings.csv, to be judged by that of --against."},
    {"against", 0, "FILE.csv", "The findings.csv of the reference."},
    {"quantity", 0, "NAME", "Only this quantity of the findings."},
    {"keys", 0, "COLUMNS",
     "What makes two findings the same; case,site,level,side,quantity when not given."},
    {0},
};

static int read_positive(const cli_call *call, const char *name, double *out)
{
    const char *text = cli_value(call, name);
    return !text || (cli_read_number(text, out) && *out > 0);
}

static osarc_agreement_kind read_kind(const cli_call *call)
{
    if (cli_value(call, "classes"))
        return OSARC_AGREEMENT_CLASSES;
    return cli_value(call, "roc") ? OSARC_AGREEMENT_ROC : OSARC_AGREEMENT_NUMBERS;
}

static int check_usage(const cli_call *call)
{
    const char *data = cli_value(call, "data");
    const char *findings = cli_value(call, "findings");
    const char *against = cli_value(call, "against");
    if (!data == !findings)
        return cli_usage(call, "either --data or --findings is needed");
    if (!findings != !against)
        return cli_usage(call, "--findings and --against belong together");
    if (data && (!cli_value(call, "method") || !cli_value(call, "reference")))
        return cli_usage(call, "--method and --reference are needed");
    if (cli_value(call, "classes") && cli_value(call, "roc"))
        return cli_usage(call, "--classes and --roc exclude each other");
    return CLI_EXIT_OK;
}

static int answer(const cli_call *call, const osarc_agreement *agreement)
{
    osarc_error err = OSARC_ERROR_INIT;
    if (call->out) {
        osarc_status status = osarc_agreement_write(agreement, call->out, call->overwrite, &err);
        if (status == OSARC_ERR_ARGUMENT)
            return cli_usage(call, "%s; --overwrite replaces it", err.text);
        if (status)
            return cli_fail(call, status, CLI_WRITING, &err);
    }
    fputs(call->json ? osarc_agreement_json(agreement) : osarc_agreement_table(agreement), stdout);
    return CLI_EXIT_OK;
}

static int run_agreement(const cli_call *call)
{
    int code = check_usage(call);
    if (code)
        return code;
    osarc_agreement_options options = {
        .kind = read_kind(call),
        .method = cli_value(call, "method"),
        .reference = cli_value(call, "reference"),
        .second = cli_value(call, "method2"),
        .repeat = cli_value(call, "repeat"),
        .by = cli_value(call, "by"),
        .case_id = cli_value(call, "case"),
        .order = cli_value(call, "order"),
        .positive = cli_value(call, "positive"),
        .low_is_positive = cli_value(call, "low-is-positive") != NULL,
        .logarithm = cli_value(call, "log") != NULL,
        .quantity = cli_value(call, "quantity"),
        .keys = cli_value(call, "keys"),
    };
    if (!read_positive(call, "lambda", &options.deming_lambda))
        return cli_usage(call, "--lambda is '%s', a number over 0 is needed",
                         cli_value(call, "lambda"));
    if (!read_positive(call, "change", &options.change))
        return cli_usage(call, "--change is '%s', a number over 0 is needed",
                         cli_value(call, "change"));

    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *agreement = NULL;
    const char *data = cli_value(call, "data");
    osarc_status status =
        data ? osarc_agreement_of_table(&agreement, data, &options, &err)
             : osarc_agreement_of_findings(&agreement, cli_value(call, "findings"),
                                           cli_value(call, "against"), &options, &err);
    code = status ? cli_fail(call, status, CLI_READING, &err) : answer(call, agreement);
    osarc_agreement_free(agreement);
    return code;
}

const cli_verb cli_cmd_validate_agreement = {
    .name = "validate agreement",
    .parameters = "",
    .summary = "Hold a method's numbers or classes against a reference.",
    .details = "With -o, OUT gets agreement.csv, agreement.json and plots for print; a short table "
               "is printed in any case. Rows are numbered as a spreadsheet does: the header is "
               "row 1. docs/validate-agreement.md tells of each statistic.",
    .shared = CLI_OUT | CLI_JSON | CLI_OVERWRITE,
    .options = OPTIONS,
    .run = run_agreement,
};
