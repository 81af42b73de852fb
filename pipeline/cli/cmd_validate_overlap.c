/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/dicom_masks.h>
#include <osarc/validate.h>

#include "cmd.h"

#define TOLERANCES_MAX 8
#define NOTE_SIZE      1024
#define NAME_SIZE      128

static const cli_option OPTIONS[] = {
    {"reference", 0, "FILE", "The masks to judge by: NIfTI, DICOM SEG or RTSTRUCT."},
    {"test", 0, "FILE", "The masks to be judged."},
    {"pairs", 0, "FILE.csv", "Many cases: a table with case, reference, test (and series)."},
    {"case", 0, "NAME", "Names the case of --reference and --test."},
    {"labels", 0, "LIST", "Such as 25-33,75 or 1:3 (reference:test); all there are."},
    {"tolerance-mm", 0, "LIST", "Tolerances of surface Dice; 1,2."},
    {"series", 0, "PATH", "The CT series that contours were drawn on."},
    {"names", 0, "KIND", "What labels mean: tissue, structures or none; by the file name."},
    {"fraction", 0, "VALUE", "Share of the largest value that counts in a fractional SEG."},
    {"seed", 0, "N", "Seed of the bootstrap; 0."},
    {"resamples", 0, "N", "Resamples of the bootstrap; 9999."},
    {0},
};

/** How a call went, case by case. */
typedef struct tally {
    size_t done;
    size_t failed;
    int first_code; /**< Of the first case that failed. */
} tally;

static int read_tolerances(const cli_call *call, double out[TOLERANCES_MAX], size_t *count)
{
    const char *text = cli_value(call, "tolerance-mm");
    *count = 0;
    while (text) {
        char part[32];
        size_t length = strcspn(text, ",");
        if (length >= sizeof(part) || *count == TOLERANCES_MAX)
            return 0;
        memcpy(part, text, length);
        part[length] = '\0';
        if (!cli_read_number(part, &out[*count]))
            return 0;
        (*count)++;
        text = text[length] ? text + length + 1 : NULL;
    }
    return 1;
}

static int ends_like(const char *path, const char *word)
{
    const char *slash = strrchr(path, '/');
    return strstr(slash ? slash : path, word) != NULL;
}

/* Our own masks say in their names which numbers they hold. */
static int read_numbering(const cli_call *call, const char *test, osarc_numbering *out)
{
    const char *text = cli_value(call, "names");
    const char *path = test ? test : "";
    int tissue = text ? !strcmp(text, "tissue") : ends_like(path, "_tissue.nii");
    int structures = text ? !strcmp(text, "structures") : ends_like(path, "_structures.nii");
    *out = tissue       ? OSARC_NUMBERING_TISSUE
           : structures ? OSARC_NUMBERING_STRUCTURES
                        : OSARC_NUMBERING_NONE;
    return !text || tissue || structures || !strcmp(text, "none");
}

static int check_usage(const cli_call *call)
{
    int single = cli_value(call, "reference") || cli_value(call, "test");
    int both = cli_value(call, "reference") && cli_value(call, "test");
    if (!cli_value(call, "pairs") == !single)
        return cli_usage(call, "either --pairs, or --reference and --test are needed");
    if (single && !both)
        return cli_usage(call, "--reference and --test belong together");
    if (cli_value(call, "pairs") && (cli_value(call, "case") || cli_value(call, "series")))
        return cli_usage(call, "with --pairs, case and series are columns of the table");
    return CLI_EXIT_OK;
}

static int read_whole(const cli_call *call, const char *name, long high, long *out)
{
    const char *text = cli_value(call, name);
    return !text || cli_read_integer(text, 0, high, out);
}

/* One side, and what its rows must say about it. */
typedef struct loaded {
    osarc_label_file *file;
    osarc_overlap_side side;
    char note[NOTE_SIZE];
} loaded;

static osarc_status load(loaded *out, const char *which, const char *path,
                         const osarc_label_options *options, osarc_error *err)
{
    osarc_notes *notes = NULL;
    *out = (loaded){0};
    osarc_status status = osarc_notes_create(&notes, err);
    if (!status)
        status = osarc_label_file_read(&out->file, path, options, notes, err);
    for (size_t i = 0; !status && i < osarc_notes_count(notes); i++) {
        size_t used = strlen(out->note);
        snprintf(out->note + used, sizeof(out->note) - used, "%s%s: %s", used ? "; " : "", which,
                 osarc_notes_at(notes, i)->text);
    }
    osarc_notes_free(notes);
    if (status)
        return status;
    out->side.layers = osarc_label_file_layers(out->file, &out->side.layer_count);
    out->side.names = osarc_label_file_names(out->file, &out->side.name_count);
    out->side.frame_of_reference_uid = osarc_label_file_frame_of_reference(out->file);
    out->side.empty_beyond = osarc_label_file_format(out->file) != OSARC_LABELS_NIFTI;
    out->side.note = out->note;
    return OSARC_OK;
}

/* What failed is told with the file it failed on, or the case. */
static osarc_status add_case(const cli_call *call, osarc_overlap *overlap,
                             const osarc_case_files *files, const char **where, osarc_error *err)
{
    osarc_label_options options = {.threads = call->threads};
    if (files->series && files->series[0])
        options.series_path = files->series;
    const char *fraction = cli_value(call, "fraction");
    if (fraction)
        (void) cli_read_number(fraction, &options.fraction);
    loaded reference;
    loaded test = {0};
    *where = files->reference;
    osarc_status status = load(&reference, "reference", files->reference, &options, err);
    if (!status) {
        *where = files->test;
        status = load(&test, "test", files->test, &options, err);
    }
    if (!status) {
        *where = files->case_id;
        status = osarc_overlap_add(overlap, files->case_id, &reference.side, &test.side, err);
    }
    osarc_label_file_free(reference.file);
    osarc_label_file_free(test.file);
    return status;
}

static osarc_status add_or_count(const cli_call *call, osarc_overlap *overlap,
                                 const osarc_case_files *files, tally *t, osarc_error *err)
{
    const char *where = "";
    osarc_error reason = OSARC_ERROR_INIT;
    osarc_status status = add_case(call, overlap, files, &where, &reason);
    if (!status) {
        t->done++;
        return OSARC_OK;
    }
    cli_complain(call, "%s: %s", where, reason.text);
    if (t->failed++ == 0)
        t->first_code = (int) cli_exit_code(status, CLI_READING);
    return osarc_overlap_refuse(overlap, files->case_id, reason.text, err);
}

static osarc_status add_list(const cli_call *call, osarc_overlap *overlap,
                             const osarc_case_list *list, tally *t, osarc_error *err)
{
    osarc_progress progress = cli_progress(call);
    size_t count = osarc_case_list_count(list);
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < count; i++) {
        if (progress)
            progress(NULL, "comparing", (double) i / (double) count);
        status = add_or_count(call, overlap, osarc_case_list_at(list, i), t, err);
    }
    if (progress)
        progress(NULL, "comparing", 1);
    return status;
}

static void name_case(const cli_call *call, char out[NAME_SIZE])
{
    const char *name = cli_value(call, "case");
    const char *test = cli_value(call, "test");
    const char *slash = strrchr(test, '/');
    snprintf(out, NAME_SIZE, "%s", name ? name : slash ? slash + 1 : test);
}

static void print_number(double value)
{
    if (isnan(value))
        printf(" %10s", "-");
    else
        printf(" %10.4g", value);
}

/* A line for each label: the mean when there are several cases, else the value. */
static void print_table(const osarc_overlap *overlap)
{
    static const char *const METRICS[] = {"dice", "hd95", "assd", "hd", "volume_difference"};
    size_t cases = osarc_overlap_case_count(overlap);
    size_t count = osarc_overlap_summary_count(overlap);
    if (cases > 1)
        printf("%zu cases, %zu refused; means, and the 95 %% interval of mean Dice\n", cases,
               osarc_overlap_refused_count(overlap));
    printf("%-7s %-26s %5s %10s %10s %10s %10s %10s\n", "label", "name", "cases", "Dice", "HD95 mm",
           "ASSD mm", "HD mm", "dVol mm3");
    for (size_t i = 0; i < count; i++) {
        const osarc_overlap_summary *dice = osarc_overlap_summary_at(overlap, i);
        if (strcmp(dice->metric, "dice") != 0)
            continue;
        printf("%-7s %-26.26s %5zu", dice->label, dice->name, dice->count);
        for (size_t m = 0; m < sizeof(METRICS) / sizeof(METRICS[0]); m++) {
            double value = NAN;
            for (size_t k = 0; k < count; k++) {
                const osarc_overlap_summary *row = osarc_overlap_summary_at(overlap, k);
                if (!strcmp(row->label, dice->label) && !strcmp(row->metric, METRICS[m]))
                    value = row->mean;
            }
            print_number(value);
        }
        if (!isnan(dice->ci_low))
            printf("  [%.4g, %.4g]", dice->ci_low, dice->ci_high);
        if (dice->both_empty + dice->one_empty > 0)
            printf("  empty: both %zu, one %zu", dice->both_empty, dice->one_empty);
        putchar('\n');
    }
}

static int answer(const cli_call *call, osarc_overlap *overlap, const tally *t)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_status status = osarc_overlap_finish(overlap, &err);
    if (status)
        return cli_fail(call, status, CLI_READING, &err);
    if (call->out)
        status = osarc_overlap_write(overlap, call->out, call->overwrite, &err);
    if (status == OSARC_ERR_ARGUMENT)
        return cli_usage(call, "%s; --overwrite replaces it", err.text);
    if (status)
        return cli_fail(call, status, CLI_WRITING, &err);
    if (call->json)
        fputs(osarc_overlap_json(overlap), stdout);
    else
        print_table(overlap);
    if (t->failed == 0)
        return CLI_EXIT_OK;
    return t->done > 0 ? CLI_EXIT_SOME : t->first_code;
}

static int run_list(const cli_call *call, osarc_overlap *overlap)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_case_list *list = NULL;
    tally t = {0};
    osarc_status status = osarc_case_list_read(&list, cli_value(call, "pairs"), &err);
    if (!status)
        status = add_list(call, overlap, list, &t, &err);
    int code = status ? cli_fail(call, status, CLI_READING, &err) : answer(call, overlap, &t);
    osarc_case_list_free(list);
    return code;
}

static int run_single(const cli_call *call, osarc_overlap *overlap)
{
    osarc_error err = OSARC_ERROR_INIT;
    char name[NAME_SIZE];
    const char *where = "";
    name_case(call, name);
    const osarc_case_files files = {.case_id = name,
                                    .reference = cli_value(call, "reference"),
                                    .test = cli_value(call, "test"),
                                    .series = cli_value(call, "series")};
    osarc_status status = add_case(call, overlap, &files, &where, &err);
    if (status) {
        cli_complain(call, "%s: %s", where, err.text);
        return cli_exit_code(status, CLI_READING);
    }
    const tally t = {.done = 1};
    return answer(call, overlap, &t);
}

static int run_overlap(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    double tolerances[TOLERANCES_MAX];
    osarc_label_pair pairs[OSARC_LABEL_PAIRS_MAX];
    osarc_overlap_options options = {.threads = call->threads, .tolerances_mm = tolerances};
    long seed = 0;
    long resamples = 0;
    double fraction;
    int code = check_usage(call);
    if (code)
        return code;
    if (!read_tolerances(call, tolerances, &options.tolerance_count))
        return cli_usage(call, "--tolerance-mm is '%s', up to %d lengths such as 1,2 are needed",
                         cli_value(call, "tolerance-mm"), TOLERANCES_MAX);
    if (!read_numbering(call, cli_value(call, "test"), &options.numbering))
        return cli_usage(call, "--names is '%s', tissue, structures or none is needed",
                         cli_value(call, "names"));
    if (!read_whole(call, "seed", 2147483647, &seed) ||
        !read_whole(call, "resamples", 1000000, &resamples))
        return cli_usage(call, "--seed and --resamples are whole numbers");
    if (cli_value(call, "fraction") && (!cli_read_number(cli_value(call, "fraction"), &fraction) ||
                                        !(fraction > 0) || fraction > 1))
        return cli_usage(call, "--fraction is '%s', a number over 0 to 1 is needed",
                         cli_value(call, "fraction"));
    options.seed = (uint64_t) seed;
    options.resamples = (size_t) resamples;
    if (cli_value(call, "labels")) {
        if (osarc_label_pairs_read(pairs, &options.pair_count, cli_value(call, "labels"), &err))
            return cli_usage(call, "--labels: %s", err.text);
        options.pairs = pairs;
    }
    osarc_overlap *overlap = NULL;
    osarc_status status = osarc_overlap_create(&overlap, &options, &err);
    if (status == OSARC_ERR_ARGUMENT)
        return cli_usage(call, "%s", err.text);
    if (status)
        return cli_fail(call, status, CLI_READING, &err);
    code = cli_value(call, "pairs") ? run_list(call, overlap) : run_single(call, overlap);
    osarc_overlap_free(overlap);
    return code;
}

const cli_verb cli_cmd_validate_overlap = {
    .name = "validate overlap",
    .parameters = "",
    .summary = "Hold masks against reference masks.",
    .details =
        "With -o, OUT gets overlap.csv, overlap_summary.csv, overlap.json and overlap_dice.png; a "
        "short table is printed in any case. Grids that differ are brought together by position; "
        "frames of reference that differ are refused. Paths in --pairs start at the folder "
        "of the table. docs/validate-overlap.md tells of each measure.",
    .shared = CLI_OUT | CLI_JSON | CLI_THREADS | CLI_QUIET | CLI_OVERWRITE,
    .options = OPTIONS,
    .run = run_overlap,
};
