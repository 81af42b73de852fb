/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibrate_dxa.h"

#include <stdio.h>

#include <osarc/calibrate.h>

#include "answer.h"

static int print_json(const cli_call *call, const osarc_dxa_calibration *c,
                      const osarc_notes *notes)
{
    json_t *root =
        json_pack("{s:s,s:[f,f],s:[f,f],s:f,s:f,s:f,s:o}", "version", osarc_version(), "energy_kev",
                  c->energy_kev[0], c->energy_kev[1], "residual_share", c->residual_share[0],
                  c->residual_share[1], "bone_sd_g_cm2", c->bone_sd_g_cm2, "bone_worst_g_cm2",
                  c->bone_worst_g_cm2, "soft_worst_share", c->soft_worst_share, "notes",
                  cli_notes_json(notes));
    return cli_print_answer(call, root, 0);
}

static void print_table(const osarc_dxa_calibration *c, const osarc_notes *notes)
{
    printf("wedge      %zu x %zu steps\n", c->wedge.columns, c->wedge.rows);
    printf("energies   %.2f and %.2f keV\n", c->energy_kev[0], c->energy_kev[1]);
    printf("residuals  %.4f %% and %.4f %% of attenuation\n", 100 * c->residual_share[0],
           100 * c->residual_share[1]);
    printf("steps      measured back: SD %.4f g/cm2 of the denser material, worst %.4f; the other "
           "within %.2f %%\n",
           c->bone_sd_g_cm2, c->bone_worst_g_cm2, 100 * c->soft_worst_share);
    for (size_t i = 0; i < osarc_notes_count(notes); i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        printf("%s: %s\n", note->severity == OSARC_NOTE_WARNING ? "warning" : "note", note->text);
    }
}

int cli_calibrate_dxa(const cli_call *call, const char *wedge)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_dxa_calibration calibration;
    osarc_notes *notes = NULL;
    int writing = 0;
    char today[16];
    cli_print_today(today);
    osarc_dxa_calibrate_options options = {.out_path = call->out,
                                           .made_on = today,
                                           .wedge = wedge,
                                           .threads = call->threads,
                                           .overwrite = call->overwrite};
    osarc_status status = osarc_dxa_calibrate_scan(&calibration, &notes, &writing, call->inputs,
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
