/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH      360.0
#define HEIGHT     200.0
#define LEFT       44.0
#define BOTTOM     30.0
#define TOP        20.0
#define AGE_FROM   20.0
#define AGE_TO     90.0
#define BMD_FROM   0.4
#define BMD_TO     1.5
#define BANDS_MOST 12

/* The density of a site by age, with one patient's value in it. */
typedef struct curve {
    const osarc_finding *row;
    const osarc_reference *bands[BANDS_MOST];
    size_t count;
} curve;

static const struct {
    const char *site, *level, *title;
    osarc_bmd_site bmd;
} PLACES[] = {
    {"lumbar", "L1-L4", "abmd lumbar", OSARC_BMD_LUMBAR_L1_L4},
    {"femur", "total", "abmd total", OSARC_BMD_TOTAL_HIP},
};

#define PLACE_COUNT (sizeof(PLACES) / sizeof(PLACES[0]))

static double x_of(double age)
{
    double share = (age - AGE_FROM) / (AGE_TO - AGE_FROM);
    return round((LEFT + share * (WIDTH - LEFT - 8)) * 10) / 10;
}

static double y_of(double bmd)
{
    double share = (fmin(fmax(bmd, BMD_FROM), BMD_TO) - BMD_FROM) / (BMD_TO - BMD_FROM);
    return round((HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)) * 10) / 10;
}

static void add_coordinates(page *p, double x, double y)
{
    char xs[OSI_NUMBER_SIZE];
    char ys[OSI_NUMBER_SIZE];
    page_format(p, "%s,%s ", osi_number_print(xs, x), osi_number_print(ys, y));
}

static double middle_age(const osarc_reference *band)
{
    return (band->age_from_years + band->age_to_years + 1) / 2;
}

/* Where the source has fewer than two bands there is no curve to draw. */
static int find_bands(curve *out, osarc_bmd_site site, osarc_sex sex)
{
    size_t count = 0;
    const osarc_reference *all = osarc_references(&count);
    out->count = 0;
    for (size_t i = 0; i < count && out->count < BANDS_MOST; i++)
        if (all[i].kind == OSARC_SCORE_Z && all[i].site == site && all[i].sex == sex &&
            all[i].scale == OSARC_BMD_HOLOGIC && all[i].standard)
            out->bands[out->count++] = &all[i];
    return out->count > 1;
}

static void add_area(page *p, const curve *c, double deviations, const char *shade)
{
    page_raw(p, "<polygon points=\"");
    for (size_t i = 0; i < c->count; i++)
        add_coordinates(p, x_of(middle_age(c->bands[i])),
                        y_of(c->bands[i]->mean + deviations * c->bands[i]->sd));
    for (size_t i = c->count; i-- > 0;)
        add_coordinates(p, x_of(middle_age(c->bands[i])),
                        y_of(c->bands[i]->mean - deviations * c->bands[i]->sd));
    page_format(p, "\" fill=\"%s\"/>", shade);
}

static void add_line(page *p, const char *xy, const char *look)
{
    page_format(p, "<path d=\"%s\" %s/>", xy, look);
}

static void add_axes(page *p)
{
    char a[OSI_NUMBER_SIZE];
    char b[OSI_NUMBER_SIZE];
    for (int age_step = 0; AGE_FROM + age_step * 10 <= AGE_TO; age_step++) {
        double age = AGE_FROM + age_step * 10;
        page_format(p, "<text x=\"%s\" y=\"%s\" text-anchor=\"middle\">%d</text>",
                    osi_number_print(a, x_of(age)), osi_number_print(b, HEIGHT - BOTTOM + 12),
                    (int) age);
    }
    for (int tenth = 4; tenth <= 14; tenth += 2) {
        double y = y_of(tenth / 10.0);
        page_format(p, "<text x=\"%s\" y=\"%s\" text-anchor=\"end\">%d.%d</text>",
                    osi_number_print(a, LEFT - 4), osi_number_print(b, y + 3), tenth / 10,
                    tenth % 10);
    }
    page_format(p, "<text x=\"%s\" y=\"%s\" text-anchor=\"middle\">",
                osi_number_print(a, (LEFT + WIDTH) / 2), osi_number_print(b, HEIGHT - 4));
    page_word(p, "age");
    page_raw(p, "</text>");
    char line[128];
    char xs[4][OSI_NUMBER_SIZE];
    snprintf(line, sizeof(line), "M%s %sV%sH%s", osi_number_print(xs[0], LEFT),
             osi_number_print(xs[1], TOP), osi_number_print(xs[2], HEIGHT - BOTTOM),
             osi_number_print(xs[3], WIDTH - 8));
    add_line(p, line, "fill=\"none\" stroke=\"#111\"");
}

static void add_patient(page *p, const osarc_finding *row, double age)
{
    char n[4][OSI_NUMBER_SIZE];
    double x = x_of(age);
    if (isfinite(row->ci_low) && isfinite(row->ci_high)) {
        char line[128];
        snprintf(line, sizeof(line), "M%s %sV%s", osi_number_print(n[0], x),
                 osi_number_print(n[1], y_of(row->ci_low)),
                 osi_number_print(n[2], y_of(row->ci_high)));
        add_line(p, line, "stroke=\"#111\" stroke-width=\"1.5\"");
    }
    page_format(p,
                "<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"#fff\" stroke=\"#111\" "
                "stroke-width=\"2\"/>",
                osi_number_print(n[0], x), osi_number_print(n[1], y_of(row->value)));
}

static void add_curve(page *p, const curve *c, const char *title, double age)
{
    page_format(p,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" font-size=\"9\" "
                "font-family=\"sans-serif\"><text x=\"44\" y=\"12\" font-size=\"11\">",
                (int) WIDTH, (int) HEIGHT, (int) WIDTH);
    page_word(p, title);
    page_raw(p, ", g/cm2");
    const osarc_report_scan *scan = p->report->scan_count > 1 ? page_scan_of(p, c->row) : NULL;
    if (scan) {
        page_raw(p, ", ");
        page_word(p, "scan");
        page_format(p, " %zu", scan->number);
    }
    page_raw(p, "</text>");
    add_area(p, c, 2, "#e4e4e4");
    add_area(p, c, 1, "#c4c4c4");
    page_raw(p, "<polyline fill=\"none\" stroke=\"#111\" stroke-dasharray=\"4 2\" points=\"");
    for (size_t i = 0; i < c->count; i++)
        add_coordinates(p, x_of(middle_age(c->bands[i])), y_of(c->bands[i]->mean));
    page_raw(p, "\"/>");
    add_axes(p);
    add_patient(p, c->row, age);
    page_raw(p, "</svg>\n");
}

static int is_on_scale(const osarc_finding *row)
{
    return strstr(row->basis, osarc_bmd_scale_name(OSARC_BMD_HOLOGIC)) != NULL;
}

static int is_dxa(const osarc_finding *row)
{
    return strncmp(row->basis, "DXA", 3) == 0 && strncmp(row->method, "ctxa", 4) != 0;
}

/* As classes choose: DXA before CT, the most recent scan, of one day what was measured before what
 * a report states, and then the lower; the curve's own scale before all. */
static int is_better(const page *p, const osarc_finding *a, const osarc_finding *b)
{
    const osarc_report_scan *of_a = page_scan_of(p, a);
    const osarc_report_scan *of_b = page_scan_of(p, b);
    int order = strcmp(of_a ? of_a->date : "", of_b ? of_b->date : "");
    int reports = (strcmp(b->method, "report") == 0) - (strcmp(a->method, "report") == 0);
    if (is_on_scale(a) != is_on_scale(b))
        return is_on_scale(a);
    if (is_dxa(a) != is_dxa(b))
        return is_dxa(a);
    if (order)
        return order > 0;
    return reports ? reports > 0 : a->value < b->value;
}

/* A density of a site; NULL without. */
static const osarc_finding *find_value(const page *p, const char *site, const char *level)
{
    const osarc_findings *all = p->report->findings;
    const osarc_finding *found = NULL;
    for (size_t i = 0; i < osarc_findings_count(all); i++) {
        const osarc_finding *row = osarc_findings_at(all, i);
        if (!page_owns(p, row) || strcmp(row->quantity, "abmd") != 0 ||
            strcmp(row->site, site) != 0 || strcmp(row->level, level) != 0 ||
            row->quality == OSARC_QUALITY_REFUSED)
            continue;
        if (!found || is_better(p, row, found))
            found = row;
    }
    return found;
}

/* Nothing is drawn at another place than its own. */
static int is_in_view(const osarc_finding *row)
{
    double low = isfinite(row->ci_low) ? row->ci_low : row->value;
    double high = isfinite(row->ci_high) ? row->ci_high : row->value;
    return fmin(low, row->value) >= BMD_FROM && fmax(high, row->value) <= BMD_TO;
}

/* Why there is no curve of a value, as a key of the words; NULL: there is one. */
static const char *why_none(curve *c, osarc_bmd_site site, const osarc_person *person)
{
    if (!is_on_scale(c->row))
        return "no curve scale";
    if (person->sex == OSARC_SEX_UNKNOWN || !(person->age_years > 0))
        return "no curve person";
    if (!find_bands(c, site, person->sex))
        return "no curve bands";
    if (person->age_years < AGE_FROM || person->age_years > AGE_TO)
        return "no curve age";
    if (!is_in_view(c->row))
        return "no curve density";
    return NULL;
}

static void add_heading(page *p)
{
    page_raw(p, "<h2>");
    page_word(p, "curves");
    page_raw(p, "</h2>\n");
}

static void add_reason(page *p, const curve *c, const char *title, const char *why)
{
    page_raw(p, "<p class=\"s no-curve\">");
    page_word(p, title);
    page_raw(p, ": ");
    page_word(p, why);
    if (!is_on_scale(c->row)) {
        page_raw(p, " ");
        page_text(p, c->row->basis);
    }
    page_raw(p, "</p>\n");
}

void page_curves(page *p)
{
    const osarc_person *person = &p->report->person;
    const char *why[PLACE_COUNT] = {NULL};
    curve curves[PLACE_COUNT];
    size_t values = 0;
    size_t shown = 0;
    for (size_t i = 0; i < PLACE_COUNT; i++) {
        curves[i] = (curve){.row = find_value(p, PLACES[i].site, PLACES[i].level)};
        if (!curves[i].row)
            continue;
        why[i] = why_none(&curves[i], PLACES[i].bmd, person);
        values++;
        shown += !why[i];
    }
    if (values == 0)
        return;
    add_heading(p);
    if (shown)
        page_raw(p, "<div class=\"curves\" id=\"curves\">");
    for (size_t i = 0; i < PLACE_COUNT; i++)
        if (curves[i].row && !why[i])
            add_curve(p, &curves[i], PLACES[i].title, person->age_years);
    if (shown) {
        page_raw(p, "</div>\n<p class=\"s\">");
        page_word(p, "curves legend");
        page_raw(p, "</p>\n");
    }
    for (size_t i = 0; i < PLACE_COUNT; i++)
        if (curves[i].row && why[i])
            add_reason(p, &curves[i], PLACES[i].title, why[i]);
}
