/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot_private.h"

#include <math.h>
#include <stdio.h>

#include <osi/text.h>

#define TICK_PT          3.2
#define OSI_TICK_SIZE_PT 8
#define MM_A_TICK_X      16.0
#define MM_A_TICK_Y      13.0

/* The round step whose number of ticks comes closest to what is wanted. */
static double round_step(double span, double wanted)
{
    static const double STEPS[] = {1, 2, 2.5, 5, 10};
    double power = pow(10, floor(log10(span / wanted)));
    double best = power;
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++) {
        double step = STEPS[i] * power;
        if (fabs(span / step - wanted) < fabs(span / best - wanted))
            best = step;
    }
    return best;
}

/* Digits after the point that tell multiples of the step apart; -1 asks for a short power form. */
static int step_decimals(double step, double largest)
{
    if (largest >= 1e6 || step < 1e-5)
        return -1;
    for (int digits = 0; digits < 8; digits++) {
        double scaled = step * pow(10, digits);
        if (fabs(scaled - round(scaled)) < 1e-6 * scaled)
            return digits;
    }
    return 8;
}

#define MINUS "\xE2\x88\x92"

const char *osi_plot_number(char out[40], double value, int decimals)
{
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    long long unit = 1;
    for (int i = 0; i < decimals; i++)
        unit *= 10;
    char plain[OSI_NUMBER_SIZE];
    const char *sign = value < 0 ? MINUS : "";
    if (!(fabs(value) * (double) unit < 1e15)) {
        snprintf(out, 40, "%s%.26s", sign, osi_number_print(plain, fabs(value)));
        return out;
    }
    /* whole numbers only, so that no locale can put its own decimal point in */
    long long scaled = llround(fabs(value) * (double) unit);
    if (scaled == 0)
        sign = "";
    if (decimals == 0)
        snprintf(out, 40, "%s%lld", sign, scaled);
    else
        snprintf(out, 40, "%s%lld.%0*lld", sign, scaled / unit, decimals, scaled % unit);
    return out;
}

static void print_tick(char out[40], double value, int decimals)
{
    char plain[OSI_NUMBER_SIZE];
    if (decimals < 0)
        snprintf(out, 40, "%s%.26s", value < 0 ? MINUS : "", osi_number_print(plain, fabs(value)));
    else
        osi_plot_number(out, value, decimals);
}

void osi_ticks_choose(osi_ticks *out, double low, double high, size_t wanted)
{
    out->count = 0;
    double step = round_step(high - low, wanted > 1 ? (double) wanted : 2);
    double slack = 1e-9 * (high - low);
    int decimals = step_decimals(step, fmax(fabs(low), fabs(high)));
    for (double index = ceil((low - slack) / step); out->count < OSI_TICKS_MAX; index++) {
        double at = index * step;
        if (at > high + slack)
            break;
        if (fabs(at) < 1e-9 * step)
            at = 0;
        out->at[out->count] = at;
        print_tick(out->text[out->count], at, decimals);
        out->count++;
    }
}

static void draw_tick(osi_plot *plot, int vertical, double value, const char *text)
{
    cairo_t *cairo = plot->cairo;
    const osi_scale *scale = vertical ? &plot->y : &plot->x;
    double at = osi_scale_pt(scale, value);
    osi_label label = {.text = text, .size_pt = OSI_TICK_SIZE_PT};
    if (vertical) {
        cairo_move_to(cairo, plot->x.start_pt, at);
        cairo_rel_line_to(cairo, -TICK_PT, 0);
        label.anchor_x = 1;
        label.anchor_y = 0.5;
    } else {
        cairo_move_to(cairo, at, plot->y.start_pt);
        cairo_rel_line_to(cairo, 0, TICK_PT);
        label.anchor_x = 0.5;
    }
    cairo_stroke(cairo);
    if (vertical)
        osi_plot_draw_label(cairo, plot->x.start_pt - TICK_PT - 2, at, &label);
    else
        osi_plot_draw_label(cairo, at, plot->y.start_pt + TICK_PT + 1.5, &label);
}

static void draw_ticks(osi_plot *plot, int vertical, const osi_axis *axis)
{
    if (axis->categories) {
        for (size_t i = 0; i < axis->category_count; i++)
            draw_tick(plot, vertical, (double) (i + 1), axis->categories[i]);
        return;
    }
    const osi_scale *scale = vertical ? &plot->y : &plot->x;
    double length_mm = fabs(scale->end_pt - scale->start_pt) / OSI_PT_PER_MM;
    double mm_a_tick = vertical && !plot->equal ? MM_A_TICK_Y : MM_A_TICK_X;
    osi_ticks ticks;
    osi_ticks_choose(&ticks, scale->low, scale->high, (size_t) (length_mm / mm_a_tick));
    for (size_t i = 0; i < ticks.count; i++)
        draw_tick(plot, vertical, ticks.at[i], ticks.text[i]);
}

void osi_plot_draw_frame(osi_plot *plot)
{
    cairo_t *cairo = plot->cairo;
    osi_ink black = {.width_pt = 0.8};
    osi_plot_use_ink(cairo, &black);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_SQUARE);
    cairo_move_to(cairo, plot->x.start_pt, plot->y.end_pt);
    cairo_line_to(cairo, plot->x.start_pt, plot->y.start_pt);
    cairo_line_to(cairo, plot->x.end_pt, plot->y.start_pt);
    cairo_stroke(cairo);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
}

void osi_plot_draw_axes(osi_plot *plot, const osi_axis *x, const osi_axis *y)
{
    osi_plot_draw_frame(plot);
    draw_ticks(plot, 0, x);
    draw_ticks(plot, 1, y);
}

double osi_plot_tick_room(cairo_t *cairo, const osi_axis *axis, const osi_scale *scale)
{
    osi_ticks ticks = {.count = 0};
    if (!axis->categories)
        osi_ticks_choose(&ticks, scale->low, scale->high, 5);
    size_t count = axis->categories ? axis->category_count : ticks.count;
    double widest = 0;
    for (size_t i = 0; i < count; i++) {
        osi_label label = {.text = axis->categories ? axis->categories[i] : ticks.text[i],
                           .size_pt = OSI_TICK_SIZE_PT};
        double width;
        double height;
        osi_plot_measure_label(cairo, &label, &width, &height);
        widest = fmax(widest, width);
    }
    return widest + TICK_PT + 2;
}
