/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>

/* Interval on Fisher's z with a given standard error. */
static osi_estimate on_z(double value, double error, size_t count)
{
    if (fabs(value) >= 1 || !isfinite(error)) {
        osi_estimate e = osi_known(value, NAN, NAN, count);
        e.quality = OSARC_QUALITY_WARNING;
        e.note = "no interval: the points lie on a line";
        return e;
    }
    double z = atanh(value);
    return osi_known(value, tanh(z - OSI_Z95 * error), tanh(z + OSI_Z95 * error), count);
}

typedef struct moments {
    double mean_x;
    double mean_y;
    double var_x;
    double var_y;
    double covariance;
} moments;

/* Lin 1989, its variance as corrected in 2000. r is Pearson's. */
static osi_estimate find_ccc(const moments *m, double r, size_t count)
{
    double shift = m->mean_x - m->mean_y;
    double c = 2 * m->covariance / (m->var_x + m->var_y + shift * shift);
    if (fabs(r) < 1e-12) {
        osi_estimate e = osi_known(c, NAN, NAN, count);
        e.quality = OSARC_QUALITY_WARNING;
        e.note = "no interval: no correlation";
        return e;
    }
    double u2 = shift * shift / sqrt(m->var_x * m->var_y);
    double c2 = c * c;
    double rest = 1 - c2;
    double variance =
        ((1 - r * r) * c2 / (rest * r * r) + 2 * c2 * c * (1 - c) * u2 / (r * rest * rest) -
         c2 * c2 * u2 * u2 / (2 * r * r * rest * rest)) /
        ((double) count - 2);
    return on_z(c, sqrt(variance), count);
}

static void refuse_all(osi_concordance *out, size_t count, const char *why)
{
    osi_estimate no = osi_refused(count, why);
    *out = (osi_concordance){no, no, no, no, no};
}

osarc_status osi_concordance_find(osi_concordance *out, const double *x, const double *y,
                                  size_t count, osarc_error *err)
{
    refuse_all(out, count, "4 pairs or more are needed");
    if (count < 4)
        return OSARC_OK;
    moments m = {.mean_x = gsl_stats_mean(x, 1, count), .mean_y = gsl_stats_mean(y, 1, count)};
    m.var_x = gsl_stats_variance_m(x, 1, count, m.mean_x);
    m.var_y = gsl_stats_variance_m(y, 1, count, m.mean_y);
    m.covariance = gsl_stats_covariance_m(x, 1, y, 1, count, m.mean_x, m.mean_y);
    refuse_all(out, count, "a column is constant");
    double tiny = 1e-30;
    if (m.var_x <= tiny * m.mean_x * m.mean_x || m.var_y <= tiny * m.mean_y * m.mean_y)
        return OSARC_OK;
    double *work = osi_alloc_raw(2 * count, sizeof(*work), err);
    if (!work)
        return OSARC_ERR_MEMORY;

    double n = (double) count;
    double r = fmax(-1, fmin(1, m.covariance / sqrt(m.var_x * m.var_y)));
    double rho = gsl_stats_spearman(x, 1, y, 1, count, work);
    osi_free(work);
    out->pearson = on_z(r, 1 / sqrt(n - 3), count);
    out->spearman = on_z(fmax(-1, fmin(1, rho)), sqrt((1 + rho * rho / 2) / (n - 3)), count);
    out->ccc_unbiased = find_ccc(&m, r, count);
    double shrink = (n - 1) / n;
    m.var_x *= shrink;
    m.var_y *= shrink;
    m.covariance *= shrink;
    out->ccc = find_ccc(&m, r, count);
    out->accuracy = fabs(r) < 1e-12 ? osi_refused(count, "no correlation")
                                    : osi_known(out->ccc.value / r, NAN, NAN, count);
    return OSARC_OK;
}
