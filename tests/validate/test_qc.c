/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quality control of phantom scans: each rule on series whose alarms are known by construction, the
 * CUSUM on a published one, and tables that are not right. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/quality_control.h>
#include <osi/file.h>

#define MEAN 1.0
#define SD   0.004

static osarc_error err = OSARC_ERROR_INIT;
static char table[1 << 14];
static osarc_qc *qc;

static osarc_status read_table(const osarc_qc_options *options)
{
    char path[] = "/tmp/osarc_qc_XXXXXX";
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    EXPECT_OK(osi_file_write(path, table, strlen(table), &err));
    osarc_status status = osarc_qc_read(&qc, path, options, &err);
    remove(path);
    return status;
}

static void add_line(const char *format, ...)
{
    size_t used = strlen(table);
    va_list args;
    va_start(args, format);
    vsnprintf(table + used, sizeof(table) - used, format, args);
    va_end(args);
}

/* Day `index` from 2025-01-01, months of 28 days. */
static void add_day(size_t index)
{
    add_line("2025-%02zu-%02zu", index / 28 + 1, index % 28 + 1);
}

/* A series against a stated baseline. */
static const osarc_qc_series *judge(const double *values, size_t count, double mean, double sd)
{
    snprintf(table, sizeof(table), "date,device,phantom,value,baseline_mean,baseline_sd\n");
    for (size_t i = 0; i < count; i++) {
        add_day(i);
        add_line(",DXA 1,spine,%.10g,%g,%g\n", values[i], mean, sd);
    }
    EXPECT_OK(read_table(NULL));
    cr_assert(eq(sz, osarc_qc_count(qc), 1));
    return osarc_qc_at(qc, 0);
}

static const osarc_qc_series *judge_z(const double *z, size_t count)
{
    double values[64];
    for (size_t i = 0; i < count; i++)
        values[i] = MEAN + SD * z[i];
    return judge(values, count, MEAN, SD);
}

static void stop(void)
{
    osarc_qc_free(qc);
    qc = NULL;
}

/* The only alarm; warnings of over 2 SD aside. */
static const osarc_qc_alarm *only(const osarc_qc_series *s)
{
    const osarc_qc_alarm *found = NULL;
    for (size_t i = 0; i < s->alarm_count; i++)
        if (s->alarms[i].rule != OSARC_QC_12S) {
            cr_assert(found == NULL, "also %s", osarc_qc_rule_name(s->alarms[i].rule));
            found = &s->alarms[i];
        }
    cr_assert(found != NULL);
    cr_expect(eq(int, (int) s->state, OSARC_QC_OUT_OF_CONTROL));
    return found;
}

Test(validate_qc, finds_each_pattern_where_it_ends)
{
    static const struct {
        osarc_qc_rule rule;
        size_t count, since;
        double z[12];
    } CASES[] = {
        {OSARC_QC_13S, 3, 2, {0.5, -0.5, 3.2}},
        {OSARC_QC_13S, 3, 2, {0.5, -0.5, -3.2}},
        {OSARC_QC_22S, 3, 1, {0.3, 2.5, 2.4}},
        {OSARC_QC_R4S, 3, 1, {0.3, 2.2, -2.2}},
        {OSARC_QC_41S, 5, 1, {-0.2, 1.2, 1.3, 1.1, 1.4}},
        {OSARC_QC_41S, 5, 1, {0.2, -1.2, -1.3, -1.1, -1.4}},
        {OSARC_QC_10X, 11, 1, {-0.1, 0.2, 0.3, 0.2, 0.1, 0.4, 0.2, 0.3, 0.1, 0.2, 0.2}},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const osarc_qc_alarm *alarm = only(judge_z(CASES[i].z, CASES[i].count));
        cr_expect(eq(int, (int) alarm->rule, (int) CASES[i].rule), "%zu", i);
        cr_expect(eq(sz, alarm->at, CASES[i].count - 1), "%zu", i);
        cr_expect(eq(sz, alarm->since, CASES[i].since), "%zu", i);
        stop();
    }
}

Test(validate_qc, finds_nothing_just_short_of_a_pattern)
{
    static const struct {
        size_t count;
        double z[12];
    } CASES[] = {
        {3, {0.5, -0.5, 2.9}},
        {4, {2.5, 0.1, 2.4, -1.9}},
        {5, {1.2, 1.3, 1.1, 0.9, -1.4}},
        {11, {-0.1, 0.2, 0.3, 0.2, 0.1, 0.4, 0.2, 0.3, 0.1, 0.2, -0.2}},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        cr_expect(eq(int, (int) judge_z(CASES[i].z, CASES[i].count)->state, OSARC_QC_IN_CONTROL),
                  "%zu: %s", i, osarc_qc_table(qc));
        cr_expect(eq(sz, osarc_qc_bad(qc), 0));
        stop();
    }
}

Test(validate_qc, warns_over_two_sds_without_an_alarm)
{
    const double z[] = {0.5, 2.3, -0.5};
    const osarc_qc_series *s = judge_z(z, 3);
    cr_assert(eq(sz, s->alarm_count, 1));
    cr_expect(eq(int, (int) s->alarms[0].rule, OSARC_QC_12S));
    cr_expect(eq(int, (int) s->state, OSARC_QC_IN_CONTROL));
    stop();
}

Test(validate_qc, finds_what_is_over_the_limit_of_the_iscd)
{
    const double values[] = {1.0, 1.0145, 0.9995, 1.0155};
    const osarc_qc_alarm *alarm = only(judge(values, 4, 1.0, 0.011));
    cr_expect(eq(int, (int) alarm->rule, OSARC_QC_ISCD));
    cr_expect(eq(sz, alarm->at, 3));
    stop();
}

/* A shift of 0.9 SD adds 0.4 a day: the 13th sum is 5.2. Ten on one side come first, at the 10th.
 * The shift is estimated as 0.5 + 5.2 / 13; 1e-9 is rounding. */
Test(validate_qc, finds_a_shift_where_it_began_and_how_large_it_is)
{
    double z[20];
    for (size_t i = 0; i < 20; i++)
        z[i] = i < 5 ? (i % 2 ? 0.3 : -0.3) : 0.9;
    const osarc_qc_series *s = judge_z(z, 20);
    cr_assert(eq(sz, s->alarm_count, 2));
    cr_expect(eq(int, (int) s->alarms[0].rule, OSARC_QC_10X));
    cr_expect(eq(int, (int) s->alarms[1].rule, OSARC_QC_CUSUM));
    cr_expect(eq(sz, s->alarms[1].at, 17));
    cr_expect(eq(sz, s->alarms[1].since, 5));
    cr_expect(epsilon_eq(dbl, s->alarms[1].shift, 0.9 * SD, 1e-9));
    cr_expect(epsilon_eq(dbl, s->measurements[17].cusum[0], 5.2, 1e-9));
    cr_expect(eq(dbl, s->measurements[18].cusum[1], 0.0));
    stop();
}

/* Montgomery, Introduction to Statistical Quality Control, example of the tabular CUSUM: mean 10,
 * sigma 1, k 0.5, h 5; the sum upwards is 5.28 at period 29 and was last 0 at period 22, from
 * which the new mean is 10 + 0.5 + 5.28 / 7. Printed to two decimals. */
Test(validate_qc, gives_the_cusum_that_is_published)
{
    static const double X[] = {9.45,  7.99,  9.29,  11.66, 12.16, 10.18, 8.04,  11.46,
                               9.20,  10.34, 9.03,  11.47, 10.51, 9.40,  10.08, 9.37,
                               10.62, 10.31, 8.52,  10.84, 10.90, 9.33,  12.29, 11.50,
                               10.60, 11.08, 10.38, 11.62, 11.31, 10.52};
    /* sums upwards of periods 1 to 29, as tabulated */
    static const double SUMS[] = {0,    0,    0,    1.16, 2.82, 2.50, 0.04, 1.00, 0,   0,
                                  0,    0.97, 0.98, 0,    0,    0,    0.12, 0,    0,   0.34,
                                  0.74, 0,    1.79, 2.79, 2.89, 3.47, 3.35, 4.47, 5.28};
    const osarc_qc_series *s = judge(X, 30, 10, 1);
    const osarc_qc_alarm *cusum = NULL;
    for (size_t i = 0; i < s->alarm_count; i++)
        if (s->alarms[i].rule == OSARC_QC_CUSUM) {
            cr_assert(cusum == NULL);
            cusum = &s->alarms[i];
        }
    cr_assert(cusum != NULL);
    cr_expect(eq(sz, cusum->at + 1, 29));
    cr_expect(eq(sz, cusum->since + 1, 23));
    for (size_t i = 0; i < 29; i++)
        cr_expect(epsilon_eq(dbl, s->measurements[i].cusum[0], SUMS[i], 0.005), "%zu", i + 1);
    cr_expect(epsilon_eq(dbl, 10 + cusum->shift, 11.25, 0.005));
    stop();
}

/* First the baseline, half of it above and half below by d: its SD is d * sqrt(n / (n - 1)). */
static void put_baseline(size_t count, double d, const char *rest)
{
    for (size_t i = 0; i < count; i++) {
        add_day(i);
        add_line(",DXA 1,spine,%.10g%s\n", MEAN + (i % 2 ? d : -d), rest);
    }
}

Test(validate_qc, makes_the_baseline_of_the_first_measurements)
{
    const osarc_qc_options options = {.baseline = 10};
    snprintf(table, sizeof(table), "date,device,phantom,value\n");
    put_baseline(10, 0.003, "");
    add_line("2025-02-01,DXA 1,spine,1.012\n");
    EXPECT_OK(read_table(&options));
    const osarc_qc_series *s = osarc_qc_at(qc, 0);
    cr_expect(eq(sz, s->baseline_count, 10));
    cr_expect(epsilon_eq(dbl, s->mean, 1, 1e-12));
    cr_expect(epsilon_eq(dbl, s->sd, 0.003 * sqrt(10.0 / 9), 1e-12));
    const osarc_qc_alarm *alarm = only(s);
    cr_expect(eq(int, (int) alarm->rule, OSARC_QC_13S));
    cr_expect(eq(sz, s->measurements[alarm->at].row, 12));
    cr_expect(eq(sz, osarc_qc_bad(qc), 1));
    cr_expect(strstr(osarc_qc_table(qc), "row 12") != NULL);
    cr_expect(strstr(osarc_qc_json(qc), "\"rule\": \"1-3s\"") != NULL);
    stop();
}

Test(validate_qc, begins_anew_with_a_new_baseline)
{
    const osarc_qc_options options = {.baseline = 10};
    snprintf(table, sizeof(table), "date,device,phantom,value,event\n");
    put_baseline(10, 0.003, ",");
    add_line("2025-02-01,DXA 1,spine,1.012,\n");
    for (int i = 0; i < 11; i++)
        add_line("2025-03-%02d,DXA 1,spine,%g,%s\n", i + 1, 1.012 + (i % 2 ? 0.003 : -0.003),
                 i ? "" : "new_baseline");
    EXPECT_OK(read_table(&options));
    cr_assert(eq(sz, osarc_qc_count(qc), 2));
    cr_expect(eq(int, (int) osarc_qc_at(qc, 0)->state, OSARC_QC_OUT_OF_CONTROL));
    cr_expect(eq(int, osarc_qc_at(qc, 0)->is_current, 0));
    cr_expect(eq(int, (int) osarc_qc_at(qc, 1)->state, OSARC_QC_IN_CONTROL));
    cr_expect(eq(sz, osarc_qc_at(qc, 1)->epoch, 2));
    cr_expect(eq(sz, osarc_qc_bad(qc), 0));
    stop();
}

Test(validate_qc, keeps_devices_and_phantoms_apart_and_sorts_by_day)
{
    snprintf(table, sizeof(table), "value,phantom,device,date,baseline_sd,baseline_mean\n");
    add_line("1.001,spine,B,2025-01-03,0.004,1\n");
    add_line("0.999,hip,A,2025-01-02,0.004,1\n");
    add_line("1.000,spine,B,2025-01-01,0.004,1\n");
    add_line("1.002,spine,A,2025-01-02,0.004,1\n");
    EXPECT_OK(read_table(NULL));
    cr_assert(eq(sz, osarc_qc_count(qc), 3));
    cr_expect(eq(str, (char *) osarc_qc_at(qc, 0)->phantom, "hip"));
    const osarc_qc_series *last = osarc_qc_at(qc, 2);
    cr_assert(eq(sz, last->count, 2));
    cr_expect(eq(str, last->measurements[0].date, "2025-01-01"));
    cr_expect(eq(sz, last->measurements[0].row, 4));
    stop();
}

Test(validate_qc, holds_the_baseline_against_the_certified_value)
{
    snprintf(table, sizeof(table),
             "date,device,phantom,value,certified,baseline_mean,baseline_sd\n"
             "2025-01-01,A,spine,1.001,1.020,1,0.004\n");
    EXPECT_OK(read_table(NULL));
    cr_expect(eq(int, (int) only(osarc_qc_at(qc, 0))->rule, OSARC_QC_CERTIFIED));
    stop();
    snprintf(table, sizeof(table),
             "date,device,phantom,value,certified,baseline_mean,baseline_sd\n"
             "2025-01-01,A,spine,1.001,1.010,1,0.004\n");
    EXPECT_OK(read_table(NULL));
    cr_expect(eq(int, (int) osarc_qc_at(qc, 0)->state, OSARC_QC_IN_CONTROL));
    stop();
}

Test(validate_qc, writes_json_and_charts)
{
    char folder[] = "/tmp/osarc_qc_out_XXXXXX";
    static const char *const FILES[] = {"qc.json", "chart_1.png", "cusum_1.png"};
    double z[20];
    for (size_t i = 0; i < 20; i++)
        z[i] = i < 5 ? (i % 2 ? 0.3 : -0.3) : 0.9;
    judge_z(z, 20);
    cr_assert(mkdtemp(folder) != NULL);
    EXPECT_OK(osarc_qc_write(qc, folder, 0, &err));
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof(path), "%s/%s", folder, FILES[i]);
        cr_expect(access(path, R_OK) == 0, "%s", path);
    }
    EXPECT_REFUSED(osarc_qc_write(qc, folder, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_qc_write(qc, folder, 1, &err));
    EXPECT_OK(osi_folder_remove(folder, &err));
    stop();
}

Test(validate_qc, judges_nothing_while_a_baseline_is_made)
{
    snprintf(table, sizeof(table), "date,device,phantom,value\n");
    put_baseline(24, 0.003, "");
    EXPECT_OK(read_table(NULL));
    cr_expect(eq(int, (int) osarc_qc_at(qc, 0)->state, OSARC_QC_NO_BASELINE));
    cr_expect(strstr(osarc_qc_at(qc, 0)->why, "24 measurements, 25") != NULL);
    cr_expect(eq(sz, osarc_qc_judged(qc), 0));
    stop();
}

Test(validate_qc, refuses_a_baseline_that_is_none)
{
    static const double D[] = {0, 0.016};
    for (size_t i = 0; i < 2; i++) {
        snprintf(table, sizeof(table), "date,device,phantom,value\n");
        put_baseline(26, D[i], "");
        EXPECT_OK(read_table(NULL));
        cr_expect(eq(int, (int) osarc_qc_at(qc, 0)->state, OSARC_QC_REFUSED));
        cr_expect(strstr(osarc_qc_at(qc, 0)->why, i ? "row 2, of the baseline" : "the same") !=
                  NULL);
        cr_expect(eq(sz, osarc_qc_bad(qc), 1));
        stop();
    }
}

Test(validate_qc, refuses_cells_by_row_and_column)
{
    static const struct {
        const char *line, *why;
    } CASES[] = {
        {"2025-02-30,A,p,1,1,0.1,1,", "row 3, column 'date': a day"},
        {"30.01.2025,A,p,1,1,0.1,1,", "row 3, column 'date': a day"},
        {",A,p,1,1,0.1,1,", "row 3, column 'date'"},
        {"2025-02-20,,p,1,1,0.1,1,", "row 3, column 'device'"},
        {"2025-02-20,A,,1,1,0.1,1,", "row 3, column 'phantom'"},
        {"2025-02-20,A,p,,1,0.1,1,", "row 3, column 'value'"},
        {"2025-02-20,A,p,-1,1,0.1,1,", "row 3, column 'value': a number over 0"},
        {"2025-02-20,A,p,1 g,1,0.1,1,", "row 3, column 'value'"},
        {"2025-02-20,A,p,1,x,0.1,1,", "row 3, column 'baseline_mean'"},
        {"2025-02-20,A,p,1,1,0,1,", "row 3, column 'baseline_sd'"},
        {"2025-02-20,A,p,1,1,,1,", "row 3, column 'baseline_sd': both"},
        {"2025-02-20,A,p,1,2,0.1,1,", "row 3, column 'baseline_mean': another number"},
        {"2025-02-20,A,p,1,1,0.1,2,", "row 3, column 'certified': another number"},
        {"2025-02-20,A,p,1,1,0.1,1,repaired", "row 3, column 'event': new_baseline"},
        {"2025-02-20,A,p,1", "row 3 has 4 cells"},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        snprintf(table, sizeof(table),
                 "date,device,phantom,value,baseline_mean,baseline_sd,certified,event\n"
                 "2025-01-01,A,p,1,1,0.1,1,\n%s\n",
                 CASES[i].line);
        EXPECT_REFUSED(read_table(NULL), OSARC_ERR_FORMAT);
        cr_expect(strstr(err.text, CASES[i].why) != NULL, "%s", err.text);
        cr_expect(eq(ptr, (void *) qc, NULL));
    }
}

Test(validate_qc, refuses_tables_that_are_none)
{
    snprintf(table, sizeof(table), "date,device,phantom\n2025-01-01,A,p\n");
    EXPECT_REFUSED(read_table(NULL), OSARC_ERR_ARGUMENT);
    cr_expect(strstr(err.text, "value") != NULL, "%s", err.text);
    snprintf(table, sizeof(table), "date,device,phantom,value,baseline_mean\n");
    EXPECT_REFUSED(read_table(NULL), OSARC_ERR_ARGUMENT);
    snprintf(table, sizeof(table), "date,device,phantom,value\n");
    EXPECT_REFUSED(read_table(NULL), OSARC_ERR_FORMAT);
    table[0] = '\0';
    EXPECT_REFUSED(read_table(NULL), OSARC_ERR_FORMAT);
    EXPECT_REFUSED(osarc_qc_read(&qc, "/nowhere/qc.csv", NULL, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_qc_read(&qc, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_qc_read(&qc, "x", &(osarc_qc_options){.baseline = 9}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_qc_read(&qc, "x", &(osarc_qc_options){.baseline = 201}, &err),
                   OSARC_ERR_ARGUMENT);
}
