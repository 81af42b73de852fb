/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CASES_DRIVER_H
#define CASES_DRIVER_H

/* The parts of the end-to-end driver: folders, the program, the table of findings. */

#include <stddef.h>

#include <jansson.h>

#define PATH_SIZE 1024

/** Where a case finds things. */
typedef struct places {
    const char *program;     /**< The osarc command. */
    char folder[PATH_SIZE];  /**< $CASE: the folder with case.json. */
    char samples[PATH_SIZE]; /**< $SAMPLES */
    char real[PATH_SIZE];    /**< $REAL: real scans, where they are at hand. */
    char work[PATH_SIZE];    /**< $WORK: a new empty folder; $OUT is $WORK/out. */
} places;

/** How the program ended. */
typedef struct outcome {
    int code; /**< -1 when killed. */
    char *out;
    char *err;
} outcome;

/** Says what is wrong and counts it. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Ends the driver: the case itself cannot be used. */
_Noreturn void broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** $NAME at the start of a text put in full. */
void expand(char out[PATH_SIZE], const places *at, const char *text);

/** Runs the program; kill_after_ms of 0 lets it end. */
void run_program(outcome *out, const places *at, const json_t *arguments, long kill_after_ms);
void free_outcome(outcome *out);

/** A whole file as a text; NULL when it is not there. */
char *read_text(const char *path);

/** Makes what "prepare" lists: folders, files, fifos, copies, links. */
void prepare(const places *at, const json_t *list);

/** Removes a folder with all it holds. */
void remove_folder(const char *path);

/** The same files with the same bytes in both; run.json, which holds times, is left out. */
void compare_trees(const char *a, const char *b);

/** Each of "values" against the table. */
void check_values(const char *findings_path, const json_t *values);

/** Every value that a phantom's truth.json knows too, within its tolerance. */
void check_truth(const char *findings_path, const char *truth_path);

#endif
