/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_TORSO_PARTS_H
#define SEGMENTATION_TORSO_PARTS_H

/*
 * The torso on planes of about 2 mm, head-foot axis last. In each plane rays run from a point in
 * front of the spine; where they leave the abdominal cavity the muscle wall starts. A second fan
 * runs from the vertebral body to the muscles beside and behind it.
 */

#include <osarc/torso.h>

/* Lengths in mm, adult anatomy. */
#define TORSO_GRID_MM     2.0
#define TORSO_SKIN_MM     3.95 /* skin with its blur */
#define TORSO_OPEN_MM     4.0  /* skin folds and strips thinner than twice this are not wall */
#define CAVITY_OPEN_MM    2.6  /* fat between muscles is thinner than twice this at its necks */
#define SEED_SHARE        0.6  /* of the way from the middle to the front wall: surely inside */
#define SEED_MAX_MM       45.0
#define SPINE_TUBE_MM     42.0 /* from the middle of a body aside: beyond its processes' roots */
#define TUBE_FRONT_MM     45.0
#define STONE_CM3         1.0  /* smaller than any rib in view */
#define PELVIS_CM3        60.0 /* larger than any rib */
#define HIPS_CM2          20.0 /* both hip bones beside a sacrum, at the least */
#define FRONT_WALL_MM     48.0 /* thickest wall in front and at the side */
#define BACK_WALL_MM      100.0
#define LINING_MM         60.0 /* thickest muscle inside the hip bone */
#define RIB_LINING_MM     6.0  /* intercostal and transverse muscle inside a rib */
#define PARA_SIDE_MM      62.0 /* thickest psoas and quadratus beside a body */
#define GUT_WALL_MM       2.0
#define PARA_MIN_MM       8.0  /* thinner beside a body is crus and ligament */
#define PARA_FAT_MM       9.0  /* fat between a bone and its muscle */
#define PARA_LOW_FAT_MM   18.0 /* psoas leaves the last bodies sideways */
#define PARA_SURE_DEG     66.0 /* from straight back: so far there is muscle beside every body */
#define PARA_BACK_DEG     50.0 /* from straight back: only muscle up to the skin */
#define PARA_SIDE_DEG     118.0
#define PARA_LOW_DEG      128.0 /* over the last lumbar bodies, where psoas lies further in front */
#define PARA_LOW_MM       60.0
#define BULGE_MM          14.0 /* over the outer side of the wall beside it: a hernia */
#define BULGE_SLACK_MM    2.0
#define BULGE_DEG         70.0 /* from the front: further aside the outline itself bends so much */
#define HOLE_FROM_DEG     95.0 /* from the front: only fascia closes the lumbar triangles */
#define HOLE_TO_DEG       155.0
#define FAT_RUN_MM        3.5 /* fat this thick ends a muscle */
#define GAP_MM            8.0 /* half the widest gap between muscles */
#define CANAL_HALF_WIDE   12.0
#define CANAL_DEEP_MM     18.0
#define PIECE_CM2         12.0 /* of quadratus, seen apart */
#define PIECE_CLOSE_MM    3.95
#define PIECE_CLOSE_SHARE 0.09 /* of a piece that lies so close to muscle */
#define PIECE_FAR_MM      26.0
#define PIECE_ASIDE_MM    92.0
#define BEFORE_SPINE_MM   20.0  /* great vessels and bowel keep even a thin wall so far away */
#define GAS_RIM_MM        2.5   /* gas blurred with soft tissue reads as fat */
#define NEAR_EVEN_MM      3.5   /* borders and thin sheets lie so near to even tissue */
#define NEAR_GAS_MM       9.0   /* bubbles of bowel content lie so close together */
#define CONTENT_MM        3.0   /* bowel content is thicker than twice this */
#define CARTILAGE_HU      30.0  /* over muscle's median */
#define BELOW_SPINE_MM    230.0 /* from the last lumbar body to the end of the pelvis */
#define ABOVE_SPINE_MM    30.0
#define ROUND_BODY_MM     16.0 /* of air: more than any step looks around itself */

enum {
    RAYS = 180,
    MAX_STEPS = 400, /* of 1 mm */
    BULGE_RAYS = 22, /* to each side */
    BULGE_RANK = 24  /* of those rays, by size: a hernia takes up fewer than the rest */
};
#define RAY_MM 1.0

enum {
    IN_WALL = 1,  /* inside the outer side of the muscle wall */
    CAVITY = 2,   /* fat or gas of the cavity */
    SPINE = 4,    /* bone of the spine */
    PELVIS = 8,   /* hip bone */
    MUSCLE = 16,  /* envelope in which soft tissue is muscle */
    BETWEEN = 32, /* envelope in which fat is intermuscular */
    CANAL = 64,   /* spinal canal */
    GUT = 128     /* fat-like rim of gas */
};

typedef struct torso_plane {
    double body[2];   /* middle of the vertebral body, mm in plane */
    double half_deep; /* of the body, mm */
    double half_wide;
    double centre[2]; /* where rays start */
    double front_mm;  /* from there to the front wall */
    int has_body;
} torso_plane;

typedef struct torso_grid {
    int axis[3];
    size_t full[3]; /* in that axis order */
    size_t stride[3];
    size_t factor[2];
    size_t start[2];     /* of the image's blocks, the first that is done */
    size_t first, depth; /* planes of the image that are done */
    size_t size[3];
    double mm[3];
    double pixel_mm[2]; /* of the image */
    double front[2];    /* unit, in plane */
    int is_named;       /* a vertebra has a name */
    int head_up;        /* 1 when higher planes are nearer to the head */
    size_t count;
    uint8_t *label;
    int16_t *hu; /* mean of the block */
    uint8_t *flags;
    uint8_t *arm; /* 1: of an arm or hand beside the trunk */
    int any_arm;
    torso_plane *plane;
    long lowest, highest; /* planes with a body, in grid order */
    int threads;
} torso_grid;

/* Per plane and ray; mm from the start of the ray. */
typedef struct ray_map {
    float *value;
    uint8_t *ok;
} ray_map;

typedef struct torso_rays {
    float *wall_in;   /* inner side of the wall */
    float *wall_out;  /* outer side where something bulges through it; INFINITY elsewhere */
    uint8_t *seen;    /* 1: seen there, 0: from neighbours */
    float *para_from; /* muscles beside the spine, from the body's middle */
    float *para_to;
} torso_rays;

static inline size_t torso_index(const torso_grid *g, size_t x, size_t y, size_t k)
{
    return (k * g->size[1] + y) * g->size[0] + x;
}

/* Middle of a block, in mm from the middle of the image's first voxel, and back. */
static inline double torso_at_mm(const torso_grid *g, int a, size_t i)
{
    return ((double) (i + g->start[a]) + 0.5) * g->mm[a] - 0.5 * g->pixel_mm[a];
}

static inline long torso_block(const torso_grid *g, int a, double mm)
{
    double block = (mm + 0.5 * g->pixel_mm[a]) / g->mm[a];
    return block < 0 ? -1 : (long) block - (long) g->start[a];
}

/* How far to the front and to the side of a point another one lies. */
static inline void torso_turn(const torso_grid *g, double dx, double dy, double *front,
                              double *side)
{
    *front = dx * g->front[0] + dy * g->front[1];
    *side = dx * -g->front[1] + dy * g->front[0];
}

static inline int is_bone_label(uint8_t l)
{
    return l == OSARC_TISSUE_COMPACT_BONE || l == OSARC_TISSUE_TRABECULAR_BONE ||
           l == OSARC_TISSUE_METAL;
}

/* Which planes are done, and where the spine lies in them. */
osarc_status torso_grid_plan(torso_grid *g, const osarc_grid *grid, const osarc_spine *spine,
                             int threads, osarc_error *err);

/* Labels and means of the blocks round the body. */
osarc_status torso_grid_fill(torso_grid *g, const osarc_image *image, const osarc_mask *tissue,
                             osarc_error *err);
void torso_grid_free(torso_grid *g);

/* Labels of fat and soft tissue again, from values with less noise. */
void torso_relabel(osarc_mask *tissue, const torso_grid *g, const osarc_image *image,
                   const osarc_image *smooth);

/* What lies inside the wall, the cavity, and which bone is spine or hip. */
osarc_status torso_find_regions(torso_grid *g, osarc_error *err);

/* Takes arms out of what is inside the skin's fat, and marks them with their fat. */
osarc_status torso_find_arms(torso_grid *g, uint8_t *inside, osarc_error *err);

osarc_status torso_rays_make(torso_rays *out, const torso_grid *g, osarc_error *err);
void torso_rays_free(torso_rays *r);

/* What a reading of a muscle's thickness is worth. */
enum {
    READING_NONE,
    READING_SURE,
    READING_MAYBE_HOLE,
    READING_HOLE /* its thickness is that of its neighbours */
};

/* Keeps what agrees with its neighbourhood and fills the rest from it; see torso_robust.c. */
typedef struct robust_rule {
    int half_rays;
    double half_mm;
    double times, plus_mm; /* a value up to that over the neighbourhood's low quantile agrees */
    double other_times, other_plus_mm; /* and up to that over that of the body's other side */
    double hole_times; /* one that may be a hole, under that times the quantile, is one */
} robust_rule;
osarc_status torso_robust(float *value, uint8_t *ok, const torso_grid *g, const robust_rule *rule,
                          osarc_error *err);

/* Bowel content that reads as fat. */
osarc_status torso_mark_content(torso_grid *g, osarc_error *err);

typedef struct torso_polar {
    float mm;
    int ray;
} torso_polar;
torso_polar torso_to_polar(const torso_grid *g, const double from[2], size_t x, size_t y);

/* Whether a block lies in the muscle wall, by its rays. */
int torso_in_wall(const torso_grid *g, const torso_rays *r, size_t k, size_t x, size_t y);

/* Marks psoas and iliacus down the pelvis, from marks over it. */
osarc_status torso_follow_psoas(torso_grid *g, const torso_rays *r, osarc_error *err);

/* Marks the envelopes in the grid's flags. */
osarc_status torso_mark(torso_grid *g, const torso_rays *r, osarc_error *err);

#endif
