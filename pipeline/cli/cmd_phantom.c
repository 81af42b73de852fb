/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <osarc/selftest.h>

#include "cmd.h"
#include "phantom_dxa.h"

/* Options that are numbers over 0, and switches: where each goes. */
static const struct {
    const char *name;
    size_t offset;
} NUMBERS[] =
    {
        {"pixel", offsetof(osarc_phantom_options, pixel_mm)},
        {"slice", offsetof(osarc_phantom_options, slice_mm)},
        {"thickness", offsetof(osarc_phantom_options, thickness_mm)},
        {"length", offsetof(osarc_phantom_options, length_mm)},
        {"noise", offsetof(osarc_phantom_options, noise_sd_hu)},
        {"kvp", offsetof(osarc_phantom_options, kvp)},
        {"effective-kev", offsetof(osarc_phantom_options, effective_kev)},
        {"trabecular", offsetof(osarc_phantom_options, trabecular_mg_cm3)},
        {"muscle-fat", offsetof(osarc_phantom_options, muscle_fat)},
        {"marrow-fat", offsetof(osarc_phantom_options, marrow_fat)},
        {"second-kvp", offsetof(osarc_phantom_options, second_kvp)},
        {"second-effective-kev", offsetof(osarc_phantom_options, second_effective_kev)},
        {"anteversion", offsetof(osarc_phantom_options, anteversion_deg)},
        {"joint-gap", offsetof(osarc_phantom_options, joint_gap_mm)},
        {"cortical", offsetof(osarc_phantom_options, cortical_mg_cm3)},
},
  SIGNED[] =
      {
          {"centre-z", offsetof(osarc_phantom_options, centre_z_mm)},
          {"rotate", offsetof(osarc_phantom_options, rotate_deg)},
          {"tilt", offsetof(osarc_phantom_options, tilt_deg)},
          {"scoliosis", offsetof(osarc_phantom_options, scoliosis_deg)},
          {"rods-tilt", offsetof(osarc_phantom_options, rods_tilt_deg)},
          {"leg-turn", offsetof(osarc_phantom_options, leg_turn_deg)},
},
  SWITCHES[] = {
      {"feet-first", offsetof(osarc_phantom_options, feet_first)},
      {"prone", offsetof(osarc_phantom_options, prone)},
      {"circle", offsetof(osarc_phantom_options, circle_padding)},
      {"no-table", offsetof(osarc_phantom_options, without_table)},
      {"table-touches", offsetof(osarc_phantom_options, table_touches)},
      {"blanket", offsetof(osarc_phantom_options, blanket)},
      {"contrast", offsetof(osarc_phantom_options, contrast)},
      {"streaks", offsetof(osarc_phantom_options, streaks)},
      {"without-ribs", offsetof(osarc_phantom_options, without_ribs)},
      {"without-sacrum", offsetof(osarc_phantom_options, without_sacrum)},
};

/* Options that are words: where each goes, and the room there. */
static const struct {
    const char *name;
    size_t offset;
    size_t room;
} WORDS[] = {
    {"basis", offsetof(osarc_phantom_options, basis), 16},
    {"fracture", offsetof(osarc_phantom_options, fracture), 8},
    {"metal", offsetof(osarc_phantom_options, metal), 8},
    {"cement", offsetof(osarc_phantom_options, cement), 8},
    {"rods", offsetof(osarc_phantom_options, rods), 32},
};

static const char *const PLANES[] = {"axial", "sagittal", "coronal"};

static int read_plane(const char *text, osarc_phantom_plane *out)
{
    for (size_t i = 0; i < sizeof(PLANES) / sizeof(PLANES[0]); i++)
        if (strcmp(text, PLANES[i]) == 0) {
            *out = (osarc_phantom_plane) i;
            return 1;
        }
    return 0;
}

/* 0, or the exit code of wrong usage. */
static int read_options(const cli_call *call, osarc_phantom_options *out)
{
    memset(out, 0, sizeof(*out));
    out->threads = call->threads;
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++) {
        const char *text = cli_value(call, NUMBERS[i].name);
        double *value = (double *) (void *) ((char *) out + NUMBERS[i].offset);
        /* 0 would be taken for the default */
        if (text && (!cli_read_number(text, value) || !(*value > 0)))
            return cli_usage(call, "--%s is '%s', a number over 0 is needed", NUMBERS[i].name,
                             text);
    }
    for (size_t i = 0; i < sizeof(SIGNED) / sizeof(SIGNED[0]); i++) {
        const char *text = cli_value(call, SIGNED[i].name);
        double *value = (double *) (void *) ((char *) out + SIGNED[i].offset);
        if (text && !cli_read_number(text, value))
            return cli_usage(call, "--%s is '%s', a number is needed", SIGNED[i].name, text);
    }
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        const char *text = cli_value(call, WORDS[i].name);
        if (text && (!text[0] || strlen(text) >= WORDS[i].room))
            return cli_usage(call, "--%s is '%s', a word of up to %zu letters is needed",
                             WORDS[i].name, text, WORDS[i].room - 1);
        if (text)
            memcpy((char *) out + WORDS[i].offset, text, strlen(text) + 1);
    }
    for (size_t i = 0; i < sizeof(SWITCHES) / sizeof(SWITCHES[0]); i++) {
        int *value = (int *) (void *) ((char *) out + SWITCHES[i].offset);
        *value = cli_value(call, SWITCHES[i].name) != NULL;
    }
    long whole = 0;
    const char *text = cli_value(call, "seed");
    if (text && !cli_read_integer(text, 0, LONG_MAX, &whole))
        return cli_usage(call, "--seed is '%s', a whole number from 0 on is needed", text);
    out->seed = (uint64_t) whole;
    text = cli_value(call, "matrix");
    whole = 0;
    if (text && !cli_read_integer(text, 16, 4096, &whole))
        return cli_usage(call, "--matrix is '%s', a whole number from 16 to 4096 is needed", text);
    out->matrix = (size_t) whole;
    text = cli_value(call, "lumbar");
    whole = 0;
    if (text && !cli_read_integer(text, 4, 6, &whole))
        return cli_usage(call, "--lumbar is '%s', 4, 5 or 6 is needed", text);
    out->lumbar = (int) whole;
    text = cli_value(call, "plane");
    if (text && !read_plane(text, &out->plane))
        return cli_usage(call, "--plane is '%s', axial, sagittal or coronal is needed", text);
    return CLI_EXIT_OK;
}

static int run_phantom(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options;
    int code = cli_phantom_check_options(call);
    if (!code && cli_phantom_is_dxa(call->inputs[0]))
        return cli_phantom_dxa(call);
    if (!code)
        code = read_options(call, &options);
    if (code)
        return code;
    osarc_status status = osarc_phantom_create(&phantom, call->inputs[0], &options, &err);
    if (!status)
        status = osarc_phantom_write(call->out, phantom, call->overwrite, &err);
    if (status) {
        osarc_phantom_free(phantom);
        return cli_fail(call, status, CLI_WRITING, &err);
    }
    const osarc_grid *grid = osarc_image_grid(osarc_phantom_image(phantom));
    if (!call->quiet)
        printf("%s: %zu slices of %zu x %zu, truth.json\n", call->out, grid->size[2], grid->size[0],
               grid->size[1]);
    osarc_phantom_free(phantom);
    return CLI_EXIT_OK;
}

static const cli_option OPTIONS[] = {
    {"seed", 0, "N", "Of the noise; 0 when not given."},
    {"pixel", 0, "MM", "Pixel size; 1 when not given."},
    {"slice", 0, "MM", "Distance between slices; 1 when not given."},
    {"thickness", 0, "MM", "Slice thickness; the distance between slices when not given."},
    {"length", 0, "MM", "Of the stack, from feet to head."},
    {"matrix", 0, "N", "Columns and rows; as many as the body needs when not given."},
    {"noise", 0, "HU", "Standard deviation of the noise; none when not given."},
    {"kvp", 0, "KV", "Tube voltage, 70 to 150; 120 when not given."},
    {"plane", 0, "PLANE", "axial, sagittal or coronal."},
    {"feet-first", 0, NULL, "Feet first."},
    {"prone", 0, NULL, "Face down; the table is in front."},
    {"circle", 0, NULL, "Padding outside a circle of view."},
    {"no-table", 0, NULL, "Neither table nor tubes."},
    {"table-touches", 0, NULL, "The table touches the skin."},
    {"blanket", 0, NULL, "A sheet around the body."},
    {"contrast", 0, NULL, "Enhanced vessels, kidneys and bowel."},
    {"centre-z", 0, "MM",
     "Spine, hip: height of the middle of the stack; L3 is at 0, and so are the heads."},
    {"effective-kev", 0, "KEV", "Spine, hip: effective energy; by tube voltage when not given."},
    {"trabecular", 0, "MG_CM3",
     "Spine, hip: mineral density of L2 (120) and of the femurs' spongy bone (150)."},
    {"cortical", 0, "MG_CM3", "Hip: mineral density of compact bone; 900 when not given."},
    {"basis", 0, "WORD", "Spine, hip: mineral of those densities, K2HPO4 or HA."},
    {"leg-turn", 0, "DEG", "Hip: each leg turned about its shaft, toes outwards."},
    {"anteversion", 0, "DEG", "Hip: head in front of the shaft by that; none when not given."},
    {"joint-gap", 0, "MM", "Hip: between head and socket; 4 when not given."},
    {"streaks", 0, NULL, "Thigh: streaks of fat in muscle, 4, 2 and 1 mm and a pixel wide."},
    {"muscle-fat", 0, "SHARE",
     "Thigh: fat spread through the muscle of the right limb; none when not given."},
    {"marrow-fat", 0, "SHARE", "Spine: fat by volume of what is not mineral; none when not given."},
    {"second-kvp", 0, "KV", "Spine: the same body again at this voltage, in OUT/second."},
    {"second-effective-kev", 0, "KEV", "Spine: effective energy of the second series."},
    {"lumbar", 0, "N", "Spine: 4, 5 or 6 lumbar vertebrae."},
    {"without-ribs", 0, NULL, "Spine, dxa-spine: no ribs."},
    {"without-sacrum", 0, NULL, "Spine: neither sacrum nor hip bones."},
    {"rotate", 0, "DEG", "Spine: body turned about the long axis."},
    {"tilt", 0, "DEG", "Spine: body tilted, the head to the back."},
    {"scoliosis", 0, "DEG", "Spine: curve to the side."},
    {"fracture", 0, "LEVEL", "Spine: a wedge, the front 70 % as high as the back."},
    {"metal", 0, "LEVEL", "Spine: pedicle screws. Hip: left or right, a ball and stem."},
    {"cement", 0, "LEVEL", "Spine: cement in the body."},
    {"rods", 0, "MODEL", "Spine: a bone density phantom under the back, such as mindways3_ct."},
    {"rods-tilt", 0, "DEG", "Spine: that phantom tilted, its head end lower."},
    {"beams", 0, "PAIR", "Densitometer: 40/70, 38/76 (when not given) or 70/140."},
    {"photons", 0, "N", "Densitometer: a pixel in air at each energy; no noise when not given."},
    {"shift", 0, "X,Y", "Densitometer: columns and rows that the high image lies off the low one."},
    {"linear", 0, NULL, "Densitometer: intensities instead of attenuation."},
    {"wedge", 0, "WORD", "dxa-wedge: al-pmma (when not given) or ha-pe."},
    {"soft", 0, "G_CM2",
     "dxa-spine, dxa-hip: soft tissue; 16 when not given. dxa-forearm: 5 when not given."},
    {"fat", 0, "SHARE", "dxa-spine, dxa-hip, dxa-forearm: fat in it; 0.25 when not given."},
    {"minerals", 0, "A,B,C,D",
     "dxa-spine: g/cm2 of L1 to L4; 0.5,1,1.5,1 when not given. dxa-hip: of neck, trochanter, "
     "intertrochanteric region and head; 0.8,0.7,1,0.9. dxa-forearm: of the radius at a third and "
     "at its end, ulna and wrist; 0.7,0.45,0.65,0.5."},
    {"side", 0, "SIDE", "dxa-hip, dxa-forearm: left (when not given) or right."},
    {"turn", 0, "DEG",
     "dxa-hip: the leg turned outwards in the picture, dxa-forearm: turned clockwise; to 15 either "
     "way."},
    {"lesser", 0, "MM", "dxa-hip: how far the lesser trochanter stands out; 3 when not given."},
    {"reposition", 0, NULL,
     "Densitometer: moved a little, hip and forearm turned, too, by the seed; no wedge."},
    {"forearm", 0, "MM",
     "dxa-forearm: its length, olecranon to ulnar styloid; 255 when not given."},
    {"hand-down", 0, NULL, "dxa-forearm: the hand at the picture's lower edge."},
    {"without-wrist", 0, NULL, "dxa-forearm: no bones of the wrist."},
    {"limb-lean", 0, "SHARE", "dxa-body: lean mass of its limbs over the usual; 1 when not given."},
    {"without-crests", 0, NULL, "dxa-spine: no hip bones."},
    {0},
};

const cli_verb cli_cmd_phantom = {
    .name = "phantom",
    .parameters = "KIND",
    .summary = "Write a synthetic scan and its true values.",
    .details =
        "KIND is abdomen, thigh, spine or hip. OUT gets the slices as DICOM files and truth.json: "
        "areas, volumes and CT numbers of the shapes in closed form. dxa-wedge, dxa-spine, "
        "dxa-hip, dxa-body and dxa-forearm are densitometer images at two energies, with densities "
        "and masses. The same options give the same bytes.",
    .shared = CLI_NEEDS_OUT | CLI_THREADS | CLI_QUIET | CLI_OVERWRITE,
    .options = OPTIONS,
    .min_inputs = 1,
    .max_inputs = 1,
    .run = run_phantom,
};
