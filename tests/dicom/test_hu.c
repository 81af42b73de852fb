/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <hu.h>
#include <osarc/image.h>

/* All tolerances are zero: HU come through exactly unless a note says otherwise. */

static osi_pixels layout(uint16_t bits_stored, int is_signed)
{
    return (osi_pixels){.rows = 1,
                        .columns = 1,
                        .samples = 1,
                        .bits_allocated = 16,
                        .bits_stored = bits_stored,
                        .high_bit = (uint16_t) (bits_stored - 1),
                        .is_signed = is_signed};
}

static osi_frame rescale(double slope, double intercept, const osi_pixels *pixels)
{
    return (osi_frame){.slope = slope,
                       .intercept = intercept,
                       .bits_stored = pixels->bits_stored,
                       .is_signed = pixels->is_signed};
}

static int16_t convert_one(uint16_t raw, const osi_pixels *pixels, const osi_frame *frame,
                           osi_scale *scale_out)
{
    uint8_t bytes[2] = {(uint8_t) raw, (uint8_t) (raw >> 8)};
    osi_hu_counts counts = {0, 0};
    int16_t out = 0;
    *scale_out = osi_scale_choose(&frame, 1);
    osi_hu_convert(&out, bytes, 1, pixels, frame, scale_out, &counts);
    return out;
}

static double hu_of(uint16_t raw, const osi_pixels *pixels, const osi_frame *frame)
{
    osi_scale scale;
    int16_t stored = convert_one(raw, pixels, frame, &scale);
    return stored == OSARC_OUTSIDE ? NAN : stored * scale.step + scale.offset;
}

Test(dicom_hu, reads_every_signed_16_bit_value)
{
    osi_pixels p = layout(16, 1);
    osi_frame f = rescale(1, 0, &p);
    for (int value = -1499; value <= INT16_MAX; value++)
        cr_assert(eq(dbl, hu_of((uint16_t) value, &p, &f), value));
}

Test(dicom_hu, reads_every_12_bit_value_and_ignores_the_bits_above)
{
    osi_pixels p = layout(12, 0);
    osi_frame f = rescale(1, -1024, &p);
    for (unsigned value = 0; value < 4096; value++) {
        cr_assert(eq(dbl, hu_of((uint16_t) value, &p, &f), value - 1024.0));
        cr_assert(eq(dbl, hu_of((uint16_t) (value | 0xF000), &p, &f), value - 1024.0));
    }
}

Test(dicom_hu, draws_the_sign_of_stored_bits_along)
{
    osi_pixels p = layout(12, 1);
    osi_frame f = rescale(1, 0, &p);
    cr_expect(eq(dbl, hu_of(0x0FFF, &p, &f), -1));
    cr_expect(eq(dbl, hu_of(0x0800 | 0x400, &p, &f), -1024));
    cr_expect(eq(dbl, hu_of(0x07FF, &p, &f), 2047));
    cr_expect(eq(dbl, hu_of(0xF001, &p, &f), 1));
}

Test(dicom_hu, reads_bits_that_lie_high)
{
    osi_pixels p = layout(12, 0);
    p.high_bit = 15;
    osi_frame f = rescale(1, -1024, &p);
    cr_expect(eq(dbl, hu_of((uint16_t) (1064 << 4 | 9), &p, &f), 40));
}

Test(dicom_hu, keeps_a_fractional_rescale_exactly_when_all_slices_share_it)
{
    osi_pixels p = layout(12, 0);
    osi_frame f = rescale(0.9, -1000.3, &p);
    for (unsigned value = 0; value < 4096; value++)
        cr_assert(eq(dbl, hu_of((uint16_t) value, &p, &f), value * 0.9 + -1000.3));
}

Test(dicom_hu, rounds_to_a_power_of_two_when_slices_have_different_fractional_rescales)
{
    osi_pixels p = layout(12, 0);
    osi_frame a = rescale(0.9, -1000, &p);
    osi_frame b = rescale(1.1, -1000, &p);
    const osi_frame *frames[] = {&a, &b};
    osi_scale scale = osi_scale_choose(frames, 2);
    cr_expect(eq(int, scale.is_rounded, 1));
    cr_expect(eq(dbl, scale.step, 0.125)); /* 1.1 * 4095 - 1000 = 3505 fits 32767 / 8 = 4096 */
    uint8_t raw[2] = {0xE8, 0x03};         /* 1000 */
    int16_t out;
    osi_hu_counts counts = {0, 0};
    osi_hu_convert(&out, raw, 1, &p, &a, &scale, &counts);
    cr_expect(eq(dbl, out * scale.step, -100));
    osi_hu_convert(&out, raw, 1, &p, &b, &scale, &counts);
    cr_expect(eq(dbl, out * scale.step, 100));
}

Test(dicom_hu, reads_different_whole_rescales_exactly)
{
    osi_pixels p = layout(12, 0);
    osi_frame a = rescale(1, -1024, &p);
    osi_frame b = rescale(2, -1000, &p);
    const osi_frame *frames[] = {&a, &b};
    osi_scale scale = osi_scale_choose(frames, 2);
    cr_expect(eq(int, scale.is_rounded, 0));
    cr_expect(eq(dbl, scale.step, 1));
    cr_expect(eq(dbl, scale.offset, 0));
}

Test(dicom_hu, clamps_what_int16_cannot_hold_and_counts_it)
{
    osi_pixels p = layout(16, 0);
    osi_frame f = rescale(1, -1024, &p);
    const osi_frame *frame = &f;
    osi_scale scale = osi_scale_choose(&frame, 1);
    uint8_t raw[4] = {0xFF, 0xFF, 0x00, 0x04};
    int16_t out[2];
    osi_hu_counts counts = {0, 0};
    osi_hu_convert(out, raw, 2, &p, &f, &scale, &counts);
    cr_expect(eq(i16, out[0], INT16_MAX));
    cr_expect(eq(i16, out[1], 0));
    cr_expect(eq(sz, counts.clamped, (size_t) 1));
}

Test(dicom_hu, takes_what_lies_under_any_air_as_outside)
{
    osi_pixels p = layout(16, 1);
    osi_frame f = rescale(1, -1024, &p);
    cr_expect(isnan(hu_of((uint16_t) -2000, &p, &f)));
    cr_expect(isnan(hu_of((uint16_t) (1024 - 1500), &p, &f)));
    cr_expect(eq(dbl, hu_of((uint16_t) (1024 - 1499), &p, &f), -1499));
}

Test(dicom_hu, believes_a_padding_value_under_the_floor_of_air)
{
    osi_pixels p = layout(16, 1);
    p.has_padding = 1;
    p.padding = p.padding_limit = (uint16_t) -100;
    osi_frame f = rescale(1, -1024, &p);
    cr_expect(isnan(hu_of((uint16_t) -100, &p, &f)));
    cr_expect(eq(dbl, hu_of((uint16_t) -99, &p, &f), -1123));
    cr_expect(eq(dbl, hu_of((uint16_t) -101, &p, &f), -1125));
}

Test(dicom_hu, believes_a_padding_range_in_either_order)
{
    osi_pixels p = layout(16, 1);
    p.has_padding = 1;
    p.padding = (uint16_t) -100;
    p.padding_limit = (uint16_t) -110;
    osi_frame f = rescale(1, -1024, &p);
    cr_expect(isnan(hu_of((uint16_t) -105, &p, &f)));
    cr_expect(not(isnan(hu_of((uint16_t) -111, &p, &f))));
}

Test(dicom_hu, does_not_take_air_for_padding)
{
    osi_pixels p = layout(12, 0);
    p.has_padding = 1;
    p.padding = p.padding_limit = 0; /* -1024 HU: air that was clipped looks the same */
    osi_frame f = rescale(1, -1024, &p);
    cr_expect(eq(dbl, hu_of(0, &p, &f), -1024));
}

Test(dicom_hu, does_not_take_tissue_for_padding)
{
    osi_pixels p = layout(12, 0);
    p.has_padding = 1;
    p.padding = p.padding_limit = 1064;
    osi_frame f = rescale(1, -1024, &p);
    cr_expect(eq(dbl, hu_of(1064, &p, &f), 40));
}

Test(dicom_hu, reads_8_bit_pixels)
{
    osi_pixels p = layout(8, 0);
    p.bits_allocated = 8;
    osi_frame f = rescale(8, -1024, &p);
    const osi_frame *frame = &f;
    osi_scale scale = osi_scale_choose(&frame, 1);
    uint8_t raw[3] = {0, 128, 255};
    int16_t out[3];
    osi_hu_counts counts = {0, 0};
    osi_hu_convert(out, raw, 3, &p, &f, &scale, &counts);
    cr_expect(eq(i16, out[0], -1024));
    cr_expect(eq(i16, out[1], 0));
    cr_expect(eq(i16, out[2], 1016));
}

Test(dicom_hu, converts_in_place)
{
    osi_pixels p = layout(12, 0);
    osi_frame f = rescale(1, -1024, &p);
    const osi_frame *frame = &f;
    osi_scale scale = osi_scale_choose(&frame, 1);
    static int16_t block[5000];
    osi_hu_counts counts = {0, 0};
    for (int i = 0; i < 5000; i++)
        block[i] = (int16_t) (i % 4096);
    osi_hu_convert(block, (const uint8_t *) block, 5000, &p, &f, &scale, &counts);
    for (int i = 0; i < 5000; i++)
        cr_assert(eq(i16, block[i], (int16_t) (i % 4096 - 1024)));
}

static void expect_layout_refused(osi_pixels p, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_REFUSED(osi_pixels_check(&p, &err), wanted);
}

Test(dicom_hu, refuses_layouts_that_cannot_be)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_pixels p = layout(12, 0);
    EXPECT_OK(osi_pixels_check(&p, &err));
    p.rows = 0;
    expect_layout_refused(p, OSARC_ERR_FORMAT);
    p = layout(12, 0);
    p.samples = 3;
    expect_layout_refused(p, OSARC_ERR_UNSUPPORTED);
    p = layout(12, 0);
    p.bits_allocated = 32;
    expect_layout_refused(p, OSARC_ERR_UNSUPPORTED);
    p = layout(12, 0);
    p.bits_stored = 0;
    expect_layout_refused(p, OSARC_ERR_FORMAT);
    p = layout(12, 0);
    p.bits_stored = 17;
    expect_layout_refused(p, OSARC_ERR_FORMAT);
    p = layout(12, 0);
    p.high_bit = 16;
    expect_layout_refused(p, OSARC_ERR_FORMAT);
    p = layout(12, 0);
    p.high_bit = 3;
    expect_layout_refused(p, OSARC_ERR_FORMAT);
}
