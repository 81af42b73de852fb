/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_SOLID_H
#define OSI_PHANTOM_SOLID_H

/* Analytic shapes: where they lie, how much of a box they fill, and their volume in closed form. */

#include "material.h"

OSARC_BEGIN_DECLS

typedef enum osi_shape {
    OSI_CYLINDER =
        0, /* elliptic; half_mm[2] may be OSI_ENDLESS; it may have a hole or a flat back */
    OSI_ELLIPSOID = 1,
    OSI_BOX = 2
} osi_shape;

#define OSI_ENDLESS 1e9

/* Stands apart from the body: moved or left out with the options. */
typedef enum osi_role {
    OSI_BODY = 0,
    OSI_TABLE = 1,
    OSI_TUBE = 2,
    OSI_BLANKET = 3,
    OSI_RODS = 4
} osi_role;

/* Index of the air around everything, as a parent. */
#define OSI_NO_PARENT (-1)

/*
 * A later solid of the table hides an earlier one. Each lies whole inside its parent, and
 * children of one parent do not meet: so volumes subtract exactly. Tests hold tables to that.
 */
typedef struct osi_solid {
    const char *name;
    osi_role role;
    osi_shape shape;
    osi_material material;
    osi_material enhanced; /* with contrast; OSI_AIR: unchanged */
    int parent;
    double centre_mm[3];
    double half_mm[3];
    double turn_deg;   /* about z */
    double hole_mm[2]; /* half sizes of the hole along a cylinder; 0: none */
    double axes[3][3]; /* own axes in patient space, one a row; all 0: turned by turn_deg only */
    double cut;      /* of a cylinder: flat from there on, in half sizes towards its back; 0: not */
    double wedge[2]; /* ends lean: half height times 1 + wedge[0] x + wedge[1] y, in half sizes */
    double
        arc_deg[2]; /* of a ring like its hole: from and to, less than 180 apart; both 0: whole */
    uint8_t structure; /* TotalSegmentator number; 0: none */
} osi_solid;

/* Where a part lies and how it is turned. */
typedef struct osi_frame {
    double origin_mm[3];
    double axes[3][3]; /* its x, y, z in patient space, one a row */
} osi_frame;

/* Patient axes. */
osi_frame osi_frame_upright(const double origin_mm[3]);

/* Lean to the left about y, then to the back about x, then turn left to back about z. */
void osi_frame_lean(osi_frame *frame, double left_deg, double back_deg, double turn_deg);

void osi_frame_point(double out_mm[3], const osi_frame *frame, const double local_mm[3]);

/* Own axes in patient space, one a row. */
void osi_solid_axes(double out[3][3], const osi_solid *solid);

/* From a frame's own axes to patient space. */
void osi_solid_move(osi_solid *solid, const osi_frame *frame);

/* A solid made ready for one voxel size. */
typedef struct osi_placed {
    osi_shape shape;
    osi_material material;
    double centre_mm[3];
    double to_unit[3][3]; /* unit coordinates = to_unit * (point - centre) */
    double hole[3];       /* unit coordinates of the hole = hole * unit; 0: none */
    double cut;           /* over 1: none */
    double wedge[2];
    int is_arc;
    double arc[2][3]; /* inside where both times the unit coordinates are over 0 */
    double low_mm[3]; /* bounding box */
    double high_mm[3];
} osi_placed;

/* How far a box of one size reaches from its centre, in a solid's unit coordinates. */
typedef struct osi_reach {
    double each[3];
    double lateral; /* over the first two */
    double whole;   /* over all three */
    double hole;    /* in the hole's unit coordinates */
} osi_reach;

void osi_solid_place(osi_placed *out, const osi_solid *solid);

/* half_mm: half sizes of the box, along x, y, z. */
osi_reach osi_solid_reach(const osi_placed *placed, const double half_mm[3]);

/* 1 when the box is inside, 0 outside, -1 maybe both. unit: its centre in unit coordinates. */
int osi_solid_side(const osi_placed *placed, const osi_reach *reach, const double unit[3]);

/* 1 when a box around a point has surely nothing of the solid: its share is 0 then, exactly. */
int osi_solid_misses(const osi_placed *placed, const osi_reach *reach, const double point_mm[3]);

/* Share of a small box around a point that the solid fills, its surface nearly flat there. */
double osi_solid_share(const osi_placed *placed, const double point_mm[3], const double half_mm[3]);

/* 1 when the point is inside. */
int osi_solid_holds(const osi_placed *placed, const double point_mm[3]);

/* Half the extent along x, y, z, not less than it is. */
void osi_solid_extent(double half_mm[3], const osi_solid *solid);

/* Volume between two planes across z; NAN when they cut a leaning solid that has no closed form. */
double osi_solid_volume_mm3(const osi_solid *solid, double low_z_mm, double high_z_mm);

/* Cross-section at z; NAN as above. */
double osi_solid_area_mm2(const osi_solid *solid, double z_mm);

/* Surface between two planes across z (without cuts), to about 2 %: for tolerances only. */
double osi_solid_surface_mm2(const osi_solid *solid, double low_z_mm, double high_z_mm);

OSARC_END_DECLS

#endif
