/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_SEGMENTATION_SPINE_SCENE_H
#define TESTS_SEGMENTATION_SPINE_SCENE_H

/* Scans with a spine, and what is found in them. */

#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osarc/spine.h>

/* The refusal names what it is about. */
#define EXPECT_REFUSED_SAYING(call, wanted, word)                                                  \
    do {                                                                                           \
        EXPECT_REFUSED(call, wanted);                                                              \
        cr_expect(strstr(err.text, word) != NULL, "%s", err.text);                                 \
    } while (0)

typedef struct spine_scene {
    osarc_phantom *phantom; /* NULL: a real scan */
    osarc_image *own_image; /* NULL: the phantom's */
    const osarc_image *image;
    osarc_mask *tissue;
    osarc_spine *spine;
} spine_scene;

/* From a synthetic scan. */
spine_scene scene_make(osarc_phantom_options options);

/* Slices first to last of a real scan; spine stays NULL where it is not here. */
spine_scene scene_read(const char *name, size_t first, size_t last);

/* Labels tissues and finds the spine of `image`, which the scene then owns. */
spine_scene scene_of(osarc_image *image);

/* Labels of a real scan; the caller frees. */
osarc_mask *scene_labels(const char *name);

void scene_free(spine_scene *scene);

/* The level of that name; NULL: none. */
const osarc_vertebra *scene_level(const spine_scene *scene, const char *name, size_t *index_out);

/* Mean HU of the trabecular region; NAN when it is refused. */
double scene_hu(const spine_scene *scene, const char *name);

/* The true level of that name. */
const osarc_phantom_level *scene_truth(const spine_scene *scene, const char *name);

double scene_distance(const double a[3], const double b[3]);

#endif
