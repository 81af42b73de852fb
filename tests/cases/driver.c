/* SPDX-License-Identifier: GPL-3.0-or-later */
/* driver PROGRAM CASE_FOLDER SAMPLES REAL: one end-to-end case; see README.md. */
#include "driver.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SKIPPED 77

static int faults;

void wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    faults++;
}

void broken(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    exit(2);
}

void expand(char out[PATH_SIZE], const places *at, const char *text)
{
    char made[PATH_SIZE + 8];
    snprintf(made, sizeof(made), "%s/out", at->work);
    const struct {
        const char *name;
        const char *value;
    } names[] = {{"$CASE", at->folder},
                 {"$SAMPLES", at->samples},
                 {"$REAL", at->real},
                 {"$WORK", at->work},
                 {"$OUT", made}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i].name);
        size_t before = strncmp(text, "async:", 6) ? 0 : 6;
        if (!strncmp(text + before, names[i].name, length)) {
            snprintf(out, PATH_SIZE, "%.*s%s%s", (int) before, text, names[i].value,
                     text + before + length);
            return;
        }
    }
    if (text[0] == '$')
        broken("%s: no such place", text);
    snprintf(out, PATH_SIZE, "%s", text);
}

/* A case on scans that are not at hand is skipped; one on anything else never is. */
static void need_scans(const places *at, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (json_is_array(item)) {
            need_scans(at, item);
            continue;
        }
        const char *text = json_is_string(item) ? json_string_value(item) : "";
        char path[PATH_SIZE];
        if (strncmp(text, "$REAL", 5))
            continue;
        expand(path, at, text);
        if (access(path, R_OK)) {
            printf("SKIP: %s is not at hand\n", text);
            exit(SKIPPED);
        }
    }
}

static void check_text(const char *what, const char *text, const json_t *wanted)
{
    if (!wanted)
        return;
    regex_t regex;
    const char *pattern = json_string_value(wanted);
    if (!pattern || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
        broken("%s: not a regular expression", pattern ? pattern : what);
    if (regexec(&regex, text, 0, NULL, 0))
        wrong("%s does not match '%s':\n%s", what, pattern, text);
    regfree(&regex);
}

static void check_files(const places *at, const json_t *list, int wanted)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        char path[PATH_SIZE];
        expand(path, at, json_string_value(item));
        if ((access(path, F_OK) == 0) != wanted)
            wrong("%s is %s", json_string_value(item), wanted ? "missing" : "there");
    }
}

static void check_outcome(const json_t *wanted, const outcome *got)
{
    const json_t *code = json_object_get(wanted, "exit_code");
    if (code && json_integer_value(code) != got->code)
        wrong("exit code %d, wanted %d\n%s%s", got->code, (int) json_integer_value(code), got->out,
              got->err);
    if (got->code > 0 && !got->err[0] && !got->out[0])
        wrong("a failure without a message");
    check_text("standard output", got->out, json_object_get(wanted, "stdout"));
    check_text("standard error", got->err, json_object_get(wanted, "stderr"));
}

/* Killed at any moment, a run leaves either nothing that looks like results or whole ones. */
static void check_kills(const places *at, const json_t *arguments, const json_t *times)
{
    size_t i;
    json_t *time;
    char folder[PATH_SIZE];
    char path[PATH_SIZE + 32];
    expand(folder, at, "$OUT");
    json_array_foreach(times, i, time)
    {
        outcome got;
        remove_folder(folder);
        run_program(&got, at, arguments, json_integer_value(time));
        snprintf(path, sizeof(path), "%s/run.json", folder);
        if (got.code == -1 && !access(path, F_OK))
            wrong("killed after %d ms, but run.json is there", (int) json_integer_value(time));
        free_outcome(&got);
    }
}

static void run_steps(const places *at, const json_t *steps)
{
    size_t i;
    json_t *arguments;
    json_array_foreach(steps, i, arguments)
    {
        outcome got;
        run_program(&got, at, arguments, 0);
        if (got.code != 0)
            broken("step %zu ended with %d\n%s%s", i + 1, got.code, got.out, got.err);
        free_outcome(&got);
    }
}

static void run_case(const places *at, const json_t *wanted)
{
    const json_t *arguments = json_object_get(wanted, "arguments");
    need_scans(at, arguments);
    need_scans(at, json_object_get(wanted, "steps"));
    prepare(at, json_object_get(wanted, "prepare"));
    run_steps(at, json_object_get(wanted, "steps"));

    const json_t *kills = json_object_get(wanted, "kill_after_ms");
    if (kills) {
        check_kills(at, arguments, kills);
        return;
    }
    outcome got;
    run_program(&got, at, arguments, 0);
    check_outcome(wanted, &got);
    free_outcome(&got);
    check_files(at, json_object_get(wanted, "files"), 1);
    check_files(at, json_object_get(wanted, "no_files"), 0);

    char path[PATH_SIZE];
    const json_t *values = json_object_get(wanted, "values");
    expand(path, at, "$OUT/findings.csv");
    if (values)
        check_values(path, values);
    const json_t *truth = json_object_get(wanted, "truth");
    if (truth) {
        char truth_path[PATH_SIZE];
        expand(truth_path, at, json_string_value(truth));
        check_truth(path, truth_path);
    }
    const json_t *same = json_object_get(wanted, "same");
    if (same) {
        char other[PATH_SIZE];
        expand(path, at, json_string_value(json_array_get(same, 0)));
        expand(other, at, json_string_value(json_array_get(same, 1)));
        compare_trees(path, other);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5)
        broken("usage: driver PROGRAM CASE_FOLDER SAMPLES REAL");
    places at = {.program = argv[1]};
    snprintf(at.folder, PATH_SIZE, "%s", argv[2]);
    snprintf(at.samples, PATH_SIZE, "%s", argv[3]);
    snprintf(at.real, PATH_SIZE, "%s", argv[4]);
    const char *temp = getenv("TMPDIR");
    snprintf(at.work, PATH_SIZE, "%s/osarc-case-XXXXXX", temp ? temp : "/tmp");
    if (!mkdtemp(at.work))
        broken("%s: cannot be made", at.work);

    char path[PATH_SIZE + 32];
    json_error_t error;
    snprintf(path, sizeof(path), "%s/case.json", at.folder);
    json_t *wanted = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!wanted)
        broken("%s:%d: %s", path, error.line, error.text);
    run_case(&at, wanted);
    json_decref(wanted);
    if (faults == 0)
        remove_folder(at.work);
    else
        printf("what was written is kept in %s\n", at.work);
    return faults != 0;
}
