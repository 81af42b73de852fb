/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phantom_dxa.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <osarc/selftest.h>

#define LIST_ROOM 64

/* Options that images of a densitometer have, and those that only they have. */
static const char *const SHARED[] = {"seed", "pixel", "without-ribs", NULL};
static const char *const OWN[] = {
    "beams",      "wedge",          "photons", "shift",     "soft",          "fat",
    "minerals",   "without-crests", "linear",  "side",      "turn",          "lesser",
    "reposition", "limb-lean",      "forearm", "hand-down", "without-wrist", NULL};

int cli_phantom_is_dxa(const char *kind)
{
    const char *const *kinds = osarc_dxa_phantom_kinds();
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i], kind) == 0)
            return 1;
    return 0;
}

static int is_among(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}

int cli_phantom_check_options(const cli_call *call)
{
    int is_dxa = cli_phantom_is_dxa(call->inputs[0]);
    for (const cli_option *o = call->verb->options; o && o->name; o++) {
        int is_right =
            is_dxa ? is_among(o->name, SHARED) || is_among(o->name, OWN) : !is_among(o->name, OWN);
        if (!is_right && cli_value(call, o->name))
            return cli_usage(call, "--%s is no option of %s", o->name, call->inputs[0]);
    }
    return CLI_EXIT_OK;
}

/* "1,2,3": exactly so many numbers. */
static int read_list(const char *text, double *out, size_t count)
{
    char part[LIST_ROOM];
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(text, ",");
        if (length >= sizeof(part))
            return 0;
        memcpy(part, text, length);
        part[length] = '\0';
        if (!cli_read_number(part, &out[i]))
            return 0;
        text += length;
        if ((*text == ',') != (i + 1 < count))
            return 0;
        text += *text == ',';
    }
    return 1;
}

static int read_options(const cli_call *call, osarc_dxa_phantom_options *out)
{
    static const struct {
        const char *name;
        size_t offset, count;
        const char *needed;
    } NUMBERS[] = {
        {"pixel", offsetof(osarc_dxa_phantom_options, pixel_mm), 1, "a number over 0"},
        {"photons", offsetof(osarc_dxa_phantom_options, photons), 1, "a number over 0"},
        {"soft", offsetof(osarc_dxa_phantom_options, soft_g_cm2), 1, "a number over 0"},
        {"fat", offsetof(osarc_dxa_phantom_options, fat_fraction), 1, "a number over 0"},
        {"limb-lean", offsetof(osarc_dxa_phantom_options, limb_lean), 1, "a number over 0"},
        {"minerals", offsetof(osarc_dxa_phantom_options, bone_g_cm2), 4, "a list of 4 over 0"},
        {"forearm", offsetof(osarc_dxa_phantom_options, forearm_mm), 1, "a number over 0"},
        {"lesser", offsetof(osarc_dxa_phantom_options, lesser_mm), 1, "a number over 0"},
        {"shift", offsetof(osarc_dxa_phantom_options, shift_px), 2, "a list of 2 numbers"}};
    memset(out, 0, sizeof(*out));
    out->threads = call->threads;
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++) {
        const char *text = cli_value(call, NUMBERS[i].name);
        double *values = (double *) (void *) ((char *) out + NUMBERS[i].offset);
        if (!text)
            continue;
        int is_good = read_list(text, values, NUMBERS[i].count);
        /* 0 would be taken for the default; a shift may be anything */
        for (size_t k = 0; is_good && NUMBERS[i].count != 2 && k < NUMBERS[i].count; k++)
            is_good = values[k] > 0;
        if (!is_good)
            return cli_usage(call, "--%s is '%s', %s is needed", NUMBERS[i].name, text,
                             NUMBERS[i].needed);
    }
    const char *turn = cli_value(call, "turn");
    if (turn && !cli_read_number(turn, &out->turn_deg))
        return cli_usage(call, "--turn is '%s', a number is needed", turn);
    const char *words[] = {cli_value(call, "beams"), cli_value(call, "wedge"),
                           cli_value(call, "side")};
    char *places[] = {out->beams, out->wedge, out->side};
    for (int i = 0; i < 3; i++) {
        if (words[i] && (!words[i][0] || strlen(words[i]) >= sizeof(out->beams)))
            return cli_usage(call, "'%s' is not known", words[i]);
        if (words[i])
            memcpy(places[i], words[i], strlen(words[i]) + 1);
    }
    long whole = 0;
    const char *seed = cli_value(call, "seed");
    if (seed && !cli_read_integer(seed, 0, LONG_MAX, &whole))
        return cli_usage(call, "--seed is '%s', a whole number from 0 on is needed", seed);
    out->seed = (uint64_t) whole;
    out->linear = cli_value(call, "linear") != NULL;
    out->repositioned = cli_value(call, "reposition") != NULL;
    out->hand_down = cli_value(call, "hand-down") != NULL;
    out->without_wrist = cli_value(call, "without-wrist") != NULL;
    out->without_ribs = cli_value(call, "without-ribs") != NULL;
    out->without_crests = cli_value(call, "without-crests") != NULL;
    return CLI_EXIT_OK;
}

int cli_phantom_dxa(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_phantom *phantom = NULL;
    osarc_dxa_phantom_options options;
    int code = read_options(call, &options);
    if (code)
        return code;
    osarc_status status = osarc_dxa_phantom_create(&phantom, call->inputs[0], &options, &err);
    if (!status)
        status = osarc_dxa_phantom_write(call->out, phantom, call->overwrite, &err);
    if (status) {
        osarc_dxa_phantom_free(phantom);
        return cli_fail(call, status, CLI_WRITING, &err);
    }
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(osarc_dxa_phantom_pair(phantom));
    if (!call->quiet)
        printf("%s: 2 energies of %zu x %zu, truth.json\n", call->out, facts->columns, facts->rows);
    osarc_dxa_phantom_free(phantom);
    return CLI_EXIT_OK;
}
