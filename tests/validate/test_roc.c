/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>

#include <statistics.h>

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

/* Subarachnoid haemorrhage, 113 patients: outcome (poor is 1), WFNS grade, S100B, NDKA.
 * Turck N et al. Intensive Care Med 2010; 36: 107-115; the data set aSAH of the R package pROC
 * (Robin X et al. BMC Bioinformatics 2011; 12: 77), whose printed results are the truth here. */
static const double HAEMORRHAGE[][4] = {
    {0, 1, .13, 3.01},  {0, 1, .14, 8.54},  {0, 1, .1, 8.09},     {0, 1, .04, 10.42},
    {1, 3, .13, 17.4},  {1, 2, .1, 12.75},  {0, 5, .47, 6.0},     {1, 4, .16, 13.2},
    {0, 1, .18, 15.54}, {0, 2, .1, 6.01},   {1, 5, .12, 15.96},   {0, 2, .1, 17.86},
    {1, 5, .44, 5.18},  {1, 5, .71, 8.9},   {0, 1, .04, 13.41},   {0, 2, .08, 20.75},
    {1, 5, .49, 11.6},  {0, 2, .04, 16.11}, {1, 2, .07, 32.37},   {1, 5, .33, 54.82},
    {1, 2, .09, 32.41}, {0, 1, .09, 49.94}, {1, 1, .07, 40.34},   {0, 1, .11, 9.47},
    {0, 1, .07, 6.29},  {0, 2, .17, 12.53}, {0, 1, .07, 6.54},    {0, 2, .11, 6.3},
    {0, 1, .13, 80.3},  {0, 1, .19, 12.8},  {0, 3, .05, 9.8},     {0, 4, .16, 9.81},
    {1, 2, .41, 9.85},  {0, 1, .14, 18.21}, {0, 4, .34, 5.03},    {1, 5, .35, 14.04},
    {1, 4, .48, 21.93}, {0, 1, .09, 8.02},  {1, 4, .96, 7.42},    {1, 2, .25, 8.38},
    {0, 5, .5, 6.59},   {0, 5, .46, 9.63},  {0, 1, .16, 13.12},   {0, 1, .07, 7.96},
    {0, 2, .43, 14.34}, {0, 4, .45, 41.43}, {0, 1, .11, 7.63},    {0, 1, .08, 7.06},
    {0, 2, .09, 12.59}, {1, 5, .86, 13.56}, {1, 5, .52, 3.87},    {0, 2, .08, 9.44},
    {0, 1, .06, 7.66},  {0, 2, .13, 12.98}, {1, 5, 2.07, 419.19}, {0, 1, .1, 27.19},
    {0, 2, .14, 22.27}, {0, 2, .15, 9.95},  {1, 2, .07, 21.22},   {0, 1, .06, 11.73},
    {1, 5, .77, 10.4},  {0, 1, .05, 58.83}, {0, 1, .09, 6.39},    {1, 2, .3, 11.09},
    {1, 5, .03, 12.22}, {1, 2, .09, 13.67}, {0, 1, .04, 17.21},   {1, 4, .23, 22.63},
    {1, 5, .7, 12.9},   {0, 2, .09, 9.7},   {1, 4, .27, 21.57},   {1, 4, .71, 8.23},
    {1, 1, .08, 72.57}, {1, 4, .26, 15.54}, {0, 1, .08, 10.51},   {0, 2, .16, 10.6},
    {0, 1, .09, 14.57}, {1, 4, .13, 5.19},  {1, 2, .1, 9.63},     {0, 1, .08, 4.61},
    {1, 2, .11, 21.48}, {0, 3, .33, 17.3},  {0, 2, .11, 12.71},   {0, 4, .28, 9.44},
    {0, 2, .07, 11.07}, {0, 1, .1, 19.46},  {0, 4, .32, 10.83},   {1, 5, .22, 5.37},
    {0, 1, .07, 11.97}, {0, 1, .05, 7.75},  {0, 5, .24, 9.83},    {0, 4, .38, 10.55},
    {0, 2, .1, 28.49},  {0, 2, .15, 8.53},  {0, 1, .08, 12.57},   {0, 1, .14, 12.9},
    {0, 1, .1, 46.83},  {0, 3, .07, 11.68}, {0, 1, .04, 12.67},   {0, 2, .19, 9.01},
    {1, 5, .56, 9.57},  {1, 2, .14, 34.06}, {1, 2, .58, 11.72},   {1, 5, .32, 14.26},
    {1, 5, .82, 47.61}, {1, 5, .74, 11.67}, {0, 2, .15, 24.58},   {0, 4, .47, 10.33},
    {0, 4, .17, 13.87}, {1, 5, .44, 15.89}, {0, 1, .15, 22.43},   {0, 1, .5, 6.79},
    {0, 1, .48, 13.45},
};
#define COUNT (sizeof(HAEMORRHAGE) / sizeof(HAEMORRHAGE[0]))

static double wfns[COUNT];
static double s100b[COUNT];
static double ndka[COUNT];
static int poor[COUNT];

static void load(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        poor[i] = HAEMORRHAGE[i][0] > 0;
        wfns[i] = HAEMORRHAGE[i][1];
        s100b[i] = HAEMORRHAGE[i][2];
        ndka[i] = HAEMORRHAGE[i][3];
    }
}

TestSuite(validate_roc, .init = load);

/* pROC prints 15 digits. */
Test(validate_roc, areas_and_variances_are_those_of_proc)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, wfns, NULL, poor, COUNT, 0, &err));
    cr_expect(epsilon_eq(dbl, r.auc.value, 0.823678861788618, 1e-14));
    cr_expect(epsilon_eq(dbl, r.variance, 0.00146991470882363, 1e-14));
    EXPECT_OK(osi_roc_find(&r, ndka, NULL, poor, COUNT, 0, &err));
    cr_expect(epsilon_eq(dbl, r.auc.value, 0.611957994579946, 1e-14));
    cr_expect(epsilon_eq(dbl, r.variance, 0.0031908105493913, 1e-14));
    cr_expect(epsilon_eq(dbl, r.auc.low, 0.501244999271703, 1e-12));
    cr_expect(epsilon_eq(dbl, r.auc.high, 0.722670989888189, 1e-12));
    EXPECT_OK(osi_roc_find(&r, s100b, NULL, poor, COUNT, 0, &err));
    cr_expect(epsilon_eq(dbl, r.auc.value, 0.7314, 5e-5));
    cr_expect(epsilon_eq(dbl, r.variance, 0.00266868245717244, 1e-14));
    cr_expect(epsilon_eq(dbl, r.auc.low, 0.6301, 5e-5));
    cr_expect(epsilon_eq(dbl, r.auc.high, 0.8326, 5e-5));
}

Test(validate_roc, two_scores_compare_as_in_proc)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, wfns, s100b, poor, COUNT, 0, &err));
    cr_expect(epsilon_eq(dbl, r.difference_z, 2.20898359144091, 1e-11));
    cr_expect(epsilon_eq(dbl, r.difference_p.value, 0.0271757822291882, 1e-12));
    cr_expect(epsilon_eq(dbl, r.difference.low, 0.0104061769564846, 1e-12));
    cr_expect(epsilon_eq(dbl, r.difference.high, 0.174214419249478, 1e-12));
    EXPECT_OK(osi_roc_find(&r, ndka, s100b, poor, COUNT, 0, &err));
    cr_expect(epsilon_eq(dbl, r.difference_z, -1.39077002573558, 1e-11));
    cr_expect(epsilon_eq(dbl, r.difference_p.value, 0.164295175223054, 1e-12));
}

/* pROC: threshold 0.205 (between 0.19 and 0.22), specificity 0.8055556, sensitivity 0.6341463. */
Test(validate_roc, the_youden_point_is_that_of_proc)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, s100b, NULL, poor, COUNT, 0, &err));
    cr_expect(eq(dbl, r.threshold, 0.22));
    cr_expect(epsilon_eq(dbl, r.specificity.value, 0.8055555555555556, 1e-14));
    cr_expect(epsilon_eq(dbl, r.sensitivity.value, 0.6341463414634146, 1e-14));
    cr_expect(
        epsilon_eq(dbl, r.youden.value, r.sensitivity.value + r.specificity.value - 1, 1e-14));
}

Test(validate_roc, low_scores_may_speak_for_the_class)
{
    osarc_error err = OSARC_ERROR_INIT;
    double turned[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        turned[i] = -s100b[i];
    osi_roc high;
    osi_roc low;
    EXPECT_OK(osi_roc_find(&high, s100b, NULL, poor, COUNT, 0, &err));
    EXPECT_OK(osi_roc_find(&low, turned, NULL, poor, COUNT, 1, &err));
    cr_expect(eq(dbl, low.auc.value, high.auc.value));
    cr_expect(eq(dbl, low.variance, high.variance));
    cr_expect(eq(dbl, low.threshold, -high.threshold));
}

/* The trapezoids under the corners are the area of the ranks. */
Test(validate_roc, the_curve_has_the_area)
{
    osarc_error err = OSARC_ERROR_INIT;
    double x[COUNT + 1];
    double y[COUNT + 1];
    size_t points;
    EXPECT_OK(osi_roc_curve(x, y, &points, s100b, poor, COUNT, 0, &err));
    double area = 0;
    for (size_t i = 1; i < points; i++)
        area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, s100b, NULL, poor, COUNT, 0, &err));
    cr_expect(epsilon_eq(dbl, area, r.auc.value, 1e-12));
    cr_expect(eq(dbl, x[points - 1], 1.0));
    cr_expect(eq(dbl, y[points - 1], 1.0));
}

Test(validate_roc, refuses_one_case_of_a_class)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double score[] = {1, 2, 3, 4, 5};
    const int one[] = {0, 0, 0, 0, 1};
    const int none[] = {0, 0, 0, 0, 0};
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, score, NULL, one, 5, 0, &err));
    cr_expect(is_refused(r.auc) && is_refused(r.youden) && isnan(r.threshold));
    EXPECT_OK(osi_roc_find(&r, score, NULL, none, 5, 0, &err));
    cr_expect(is_refused(r.auc));
    EXPECT_OK(osi_roc_find(&r, score, NULL, one, 3, 0, &err));
    cr_expect(is_refused(r.sensitivity) && is_refused(r.difference));
}

Test(validate_roc, has_no_interval_when_the_classes_do_not_overlap)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double score[] = {1, 2, 3, 7, 8, 9};
    const int positive[] = {0, 0, 0, 1, 1, 1};
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, score, score, positive, 6, 0, &err));
    cr_expect(eq(dbl, r.auc.value, 1.0));
    cr_expect(isnan(r.auc.low));
    cr_expect(eq(int, (int) r.auc.quality, OSARC_QUALITY_WARNING));
    cr_expect(is_refused(r.difference_p));
    cr_expect(eq(dbl, r.difference.value, 0.0));
    cr_expect(eq(dbl, r.threshold, 7.0));
}

Test(validate_roc, warns_of_an_area_below_a_half)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_roc r;
    EXPECT_OK(osi_roc_find(&r, s100b, NULL, poor, COUNT, 1, &err));
    cr_expect(lt(dbl, r.auc.value, 0.5));
    cr_expect(eq(int, (int) r.auc.quality, OSARC_QUALITY_WARNING));
}
