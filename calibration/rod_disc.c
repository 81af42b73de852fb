/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>

#include <gsl/gsl_statistics_double.h>

#define RAYS         32
#define STEP_MM      0.75
#define STEPS        40   /* of a ray, at most */
#define REACH_MM     1.5  /* an edge may lie so much inside or outside the radii looked for */
#define INNER_MM     4.5  /* of any rod, even a little off its middle */
#define EDGE_MM      2.5  /* from a rod's edge inwards, where blur ends */
#define RING_MM      2.75 /* from a rod's edge outwards */
#define ON_CIRCLE    1.0  /* mm */
#define ON_FIRST     1.5  /* from a place beside the middle */
#define MIN_ON_FIRST 13
#define MIN_ON       18   /* rays that meet the circle */
#define MIN_SHARE    0.45 /* of directions with even surroundings: a thin wall leaves the sides */
#define MIN_EDGE     3.0  /* HU per mm, of a ray's edge */
#define MIN_CONTRAST 22   /* HU */
#define MAX_SHIFT_MM 5.0
#define SD_HU        30   /* of pixels in a rod: noise, */
#define SD_SHARE     0.03 /* and shading with its contrast */
#define EVEN_HU      30
#define EVEN_SHARE   0.06
#define LOWEST_HU    (-250)
#define HIGHEST_HU   2500

/* cos and sin of k / 32 of a turn */
static const double RAY[RAYS][2] = {{1, 0},
                                    {0.98078528040323043, 0.19509032201612819},
                                    {0.92387953251128674, 0.38268343236508978},
                                    {0.83146961230254524, 0.55557023301960218},
                                    {0.70710678118654757, 0.70710678118654746},
                                    {0.55557023301960229, 0.83146961230254524},
                                    {0.38268343236508978, 0.92387953251128674},
                                    {0.1950903220161283, 0.98078528040323043},
                                    {9.9999999999999998e-17, 1},
                                    {-0.19509032201612819, 0.98078528040323043},
                                    {-0.38268343236508973, 0.92387953251128674},
                                    {-0.55557023301960196, 0.83146961230254546},
                                    {-0.70710678118654746, 0.70710678118654757},
                                    {-0.83146961230254535, 0.55557023301960218},
                                    {-0.92387953251128674, 0.38268343236508989},
                                    {-0.98078528040323043, 0.19509032201612861},
                                    {-1, 9.9999999999999998e-17},
                                    {-0.98078528040323043, -0.19509032201612839},
                                    {-0.92387953251128685, -0.38268343236508973},
                                    {-0.83146961230254546, -0.55557023301960196},
                                    {-0.70710678118654768, -0.70710678118654746},
                                    {-0.55557023301960218, -0.83146961230254524},
                                    {-0.38268343236509028, -0.92387953251128652},
                                    {-0.19509032201612869, -0.98078528040323032},
                                    {-2e-16, -1},
                                    {0.1950903220161283, -0.98078528040323043},
                                    {0.38268343236509, -0.92387953251128663},
                                    {0.55557023301960184, -0.83146961230254546},
                                    {0.70710678118654735, -0.70710678118654768},
                                    {0.83146961230254524, -0.55557023301960218},
                                    {0.92387953251128652, -0.38268343236509039},
                                    {0.98078528040323032, -0.19509032201612869}};

double rod_sheet_value(const rod_sheet *sheet, double u_mm, double v_mm)
{
    double u = (u_mm - sheet->middle[0]) / sheet->mm[0];
    double v = (v_mm - sheet->middle[1]) / sheet->mm[1];
    if (!(u >= 0 && v >= 0 && u < (double) (sheet->size[0] - 1) &&
          v < (double) (sheet->size[1] - 1)))
        return (double) ROD_NOWHERE;
    size_t i = (size_t) u;
    size_t j = (size_t) v;
    double fu = u - (double) i;
    double fv = v - (double) j;
    const float *p = sheet->hu + j * sheet->size[0] + i;
    double top = (double) p[0] + fu * ((double) p[1] - (double) p[0]);
    p += sheet->size[0];
    double bottom = (double) p[0] + fu * ((double) p[1] - (double) p[0]);
    return top + fv * (bottom - top);
}

/* Mean and SD of the pixels within a radius; 0 when part of it is outside the view. */
static int read_inner(const rod_sheet *sheet, double u_mm, double v_mm, double radius_mm,
                      double *mean_out, double *sd_out)
{
    double sum = 0;
    double squares = 0;
    size_t count = 0;
    ptrdiff_t range[2][2];
    const double middle[2] = {u_mm, v_mm};
    for (int axis = 0; axis < 2; axis++) {
        double at = middle[axis] - sheet->middle[axis];
        range[axis][0] = (ptrdiff_t) ceil((at - radius_mm) / sheet->mm[axis]);
        range[axis][1] = (ptrdiff_t) floor((at + radius_mm) / sheet->mm[axis]);
        if (range[axis][0] < 0 || range[axis][1] >= (ptrdiff_t) sheet->size[axis])
            return 0;
    }
    for (ptrdiff_t j = range[1][0]; j <= range[1][1]; j++)
        for (ptrdiff_t i = range[0][0]; i <= range[0][1]; i++) {
            double du = sheet->middle[0] + (double) i * sheet->mm[0] - u_mm;
            double dv = sheet->middle[1] + (double) j * sheet->mm[1] - v_mm;
            if (du * du + dv * dv > radius_mm * radius_mm)
                continue;
            double hu = (double) sheet->hu[(size_t) j * sheet->size[0] + (size_t) i];
            if (hu <= (double) ROD_NOWHERE)
                return 0;
            sum += hu;
            squares += hu * hu;
            count++;
        }
    if (count < 4)
        return 0;
    *mean_out = sum / (double) count;
    *sd_out = sqrt(fmax(0, squares / (double) count - *mean_out * *mean_out));
    return 1;
}

/* Values along the rays, from a little inside the smallest rod to a little outside the largest. */
typedef struct polar {
    double from_mm;
    int count[RAYS]; /* up to air behind a thin wall: its edge is not the rod's */
    double value[RAYS][STEPS];
} polar;

static void read_polar(polar *out, const rod_sheet *sheet, double u_mm, double v_mm, int sign,
                       rod_radii radii)
{
    out->from_mm = radii.low_mm - REACH_MM - 2 * STEP_MM;
    double to_mm = radii.high_mm + REACH_MM + 2 * STEP_MM;
    int count = 1 + (int) ceil((to_mm - out->from_mm) / STEP_MM);
    count = count < STEPS ? count : STEPS;
    for (int ray = 0; ray < RAYS; ray++) {
        int k = 0;
        for (; k < count; k++) {
            double far_mm = out->from_mm + k * STEP_MM;
            double hu =
                rod_sheet_value(sheet, u_mm + far_mm * RAY[ray][0], v_mm + far_mm * RAY[ray][1]);
            out->value[ray][k] = hu * sign;
            if (hu < LOWEST_HU)
                break;
        }
        out->count[ray] = k < count ? k - 1 : k;
    }
}

/* Neighbouring rays look at the same edge: their mean has half the noise. */
static double smooth_value(const polar *p, int ray, int k)
{
    static const double WEIGHTS[] = {1, 2, 3, 2, 1};
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < 5; i++) {
        int other = (ray + i - 2 + RAYS) % RAYS;
        if (k < p->count[other]) {
            sum += WEIGHTS[i] * p->value[other][k];
            weight += WEIGHTS[i];
        }
    }
    return sum / weight;
}

/* Where a ray falls most steeply; NAN when it does not. */
static double ray_edge(const polar *p, int ray)
{
    double value[STEPS];
    double best = MIN_EDGE * 2 * STEP_MM;
    int at = 0;
    for (int k = 0; k < p->count[ray]; k++)
        value[k] = smooth_value(p, ray, k);
    for (int k = 2; k + 2 < p->count[ray]; k++)
        if (value[k - 1] - value[k + 1] > best) {
            best = value[k - 1] - value[k + 1];
            at = k;
        }
    if (!at)
        return NAN;
    double before = value[at - 2] - value[at];
    double after = value[at] - value[at + 2];
    double bend = before + after - 2 * best;
    double shift = bend < 0 ? 0.5 * (before - after) / bend : 0;
    return p->from_mm + STEP_MM * (at + fmax(-0.5, fmin(0.5, shift)));
}

typedef struct circle {
    double u, v, radius;
} circle;

/* Least squares of u^2 + v^2 = 2 a u + 2 b v + c over the points in use. */
static int fit_circle(circle *out, double points[RAYS][2], const int use[RAYS])
{
    double n = 0, su = 0, sv = 0, suu = 0, suv = 0, svv = 0, suz = 0, svz = 0, sz = 0;
    for (int k = 0; k < RAYS; k++) {
        if (!use[k])
            continue;
        double u = points[k][0];
        double v = points[k][1];
        double z = u * u + v * v;
        n++;
        su += u;
        sv += v;
        suu += u * u;
        suv += u * v;
        svv += v * v;
        suz += u * z;
        svz += v * z;
        sz += z;
    }
    if (n < 6)
        return 0;
    double cuu = suu - su * su / n;
    double cuv = suv - su * sv / n;
    double cvv = svv - sv * sv / n;
    double cuz = suz - su * sz / n;
    double cvz = svz - sv * sz / n;
    double det = cuu * cvv - cuv * cuv;
    if (!(det > 1e-9 * cuu * cvv))
        return 0;
    out->u = 0.5 * (cuz * cvv - cvz * cuv) / det;
    out->v = 0.5 * (cvz * cuu - cuz * cuv) / det;
    double c = (sz - 2 * out->u * su - 2 * out->v * sv) / n;
    double square = c + out->u * out->u + out->v * out->v;
    out->radius = square > 0 ? sqrt(square) : 0;
    return square > 0;
}

/* The circle through the rays' edges, in mm from the place given. */
static int find_circle(circle *out, const rod_sheet *sheet, double u_mm, double v_mm, int sign,
                       rod_radii radii, int least, double near_mm)
{
    polar p;
    double points[RAYS][2];
    double edges[RAYS];
    double lengths[RAYS];
    int use[RAYS];
    int found = 0;
    read_polar(&p, sheet, u_mm, v_mm, sign, radii);
    for (int k = 0; k < RAYS && found + RAYS - k >= least; k++) {
        const double *way = RAY[k];
        edges[k] = ray_edge(&p, k);
        if (isfinite(edges[k])) {
            points[k][0] = edges[k] * way[0];
            points[k][1] = edges[k] * way[1];
            lengths[found++] = edges[k];
        }
    }
    if (found < least)
        return 0;
    double usual = gsl_stats_median(lengths, 1, (size_t) found);
    /* the first fit from rays near the usual length; off its middle they differ by twice that */
    for (int k = 0; k < RAYS; k++)
        use[k] = isfinite(edges[k]) && fabs(edges[k] - usual) < 3;
    int on = 0;
    for (int round = 0; round < 3; round++) {
        if (!fit_circle(out, points, use))
            return 0;
        on = 0;
        for (int k = 0; k < RAYS; k++) {
            use[k] = isfinite(edges[k]) &&
                     fabs(hypot(points[k][0] - out->u, points[k][1] - out->v) - out->radius) <
                         (round ? near_mm : 2 * near_mm);
            on += use[k];
        }
    }
    return on >= least && out->radius >= radii.low_mm && out->radius <= radii.high_mm &&
           hypot(out->u, out->v) <= MAX_SHIFT_MM;
}

/* What most of the surroundings read (the rest is air or patient), and in which share of them. */
static double read_base(const rod_sheet *sheet, const rod_disc *disc, double *share_out)
{
    double ring[RAYS];
    double far_mm = disc->radius_mm + RING_MM;
    int most = 0;
    double base = NAN;
    for (int k = 0; k < RAYS; k++)
        ring[k] = rod_sheet_value(sheet, disc->u_mm + far_mm * RAY[k][0],
                                  disc->v_mm + far_mm * RAY[k][1]);
    for (int k = 0; k < RAYS; k++) {
        double even = EVEN_HU + EVEN_SHARE * fabs(disc->hu - ring[k]);
        int alike = 0;
        double sum = 0;
        for (int other = 0; other < RAYS; other++)
            if (fabs(ring[other] - ring[k]) <= even) {
                sum += ring[other];
                alike++;
            }
        if (alike > most) {
            most = alike;
            base = sum / alike;
        }
    }
    *share_out = most / (double) RAYS;
    return base;
}

int rod_disc_fit(rod_disc *out, const rod_sheet *sheet, double u_mm, double v_mm, int sign,
                 rod_radii radii)
{
    double sd;
    circle found;
    rod_disc disc = {.u_mm = u_mm, .v_mm = v_mm};
    if (!read_inner(sheet, u_mm, v_mm, INNER_MM, &disc.hu, &sd) || disc.hu < LOWEST_HU ||
        disc.hu > HIGHEST_HU || sd > 2 * SD_HU)
        return 0;
    /* from its own middle a circle is one length on all rays, whatever their mean */
    for (int round = 0; round < 2; round++) {
        if (!find_circle(&found, sheet, disc.u_mm, disc.v_mm, sign, radii,
                         round ? MIN_ON : MIN_ON_FIRST, round ? ON_CIRCLE : ON_FIRST))
            return 0;
        disc.u_mm += found.u;
        disc.v_mm += found.v;
    }
    disc.radius_mm = found.radius;
    if (!read_inner(sheet, disc.u_mm, disc.v_mm, disc.radius_mm - EDGE_MM, &disc.hu, &sd))
        return 0;
    disc.base_hu = read_base(sheet, &disc, &disc.base_share);
    double contrast = (disc.hu - disc.base_hu) * sign;
    *out = disc;
    return contrast >= MIN_CONTRAST && disc.base_hu >= LOWEST_HU && disc.base_share >= MIN_SHARE &&
           sd <= SD_HU + SD_SHARE * contrast;
}
