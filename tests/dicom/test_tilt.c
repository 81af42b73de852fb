/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>
#include <tilt.h>

/* A ramp in both axes: linear interpolation reproduces it up to rounding to whole numbers. */
static int16_t ramp[6 * 5];

static void make_ramp(void)
{
    for (int r = 0; r < 6; r++)
        for (int c = 0; c < 5; c++)
            ramp[r * 5 + c] = (int16_t) (100 * r + 10 * c);
}

Test(dicom_tilt, moves_by_whole_pixels_without_a_change)
{
    int16_t out[6 * 5];
    make_ramp();
    osi_slice_shift(out, (osi_plane){5, 6}, ramp, (osi_plane){5, 6}, 1, 2);
    cr_expect(eq(i16, out[0], 210));
    cr_expect(eq(i16, out[3 * 5 + 3], 540));
    cr_expect(eq(i16, out[4 * 5], OSARC_OUTSIDE));
    cr_expect(eq(i16, out[4], OSARC_OUTSIDE));
}

Test(dicom_tilt, interpolates_a_ramp_exactly)
{
    int16_t out[8 * 5];
    make_ramp();
    osi_slice_shift(out, (osi_plane){5, 8}, ramp, (osi_plane){5, 6}, 0, -1.25);
    for (int r = 0; r < 8; r++) {
        double from = r - 1.25;
        for (int c = 0; c < 5; c++) {
            int16_t wanted = (int16_t) (100 * from + 10 * c);
            int is_inside = from >= 0 && from <= 5;
            cr_expect(eq(i16, out[r * 5 + c], is_inside ? wanted : OSARC_OUTSIDE));
        }
    }
}

Test(dicom_tilt, interpolates_in_both_axes)
{
    int16_t out[6 * 5];
    make_ramp();
    osi_slice_shift(out, (osi_plane){5, 6}, ramp, (osi_plane){5, 6}, 0.5, 0.5);
    cr_expect(eq(i16, out[0], 55));
}

Test(dicom_tilt, does_not_mix_in_what_was_not_measured)
{
    int16_t out[6 * 5];
    make_ramp();
    ramp[2 * 5 + 2] = OSARC_OUTSIDE;
    osi_slice_shift(out, (osi_plane){5, 6}, ramp, (osi_plane){5, 6}, 0, 0.5);
    cr_expect(eq(i16, out[1 * 5 + 2], OSARC_OUTSIDE));
    cr_expect(eq(i16, out[2 * 5 + 2], OSARC_OUTSIDE));
    cr_expect(eq(i16, out[3 * 5 + 2], 370));
    osi_slice_shift(out, (osi_plane){5, 6}, ramp, (osi_plane){5, 6}, 0, 1);
    cr_expect(eq(i16, out[2 * 5 + 2], 320));
}

Test(dicom_tilt, leaves_nothing_of_a_slice_moved_out_of_view)
{
    int16_t out[6 * 5];
    make_ramp();
    osi_slice_shift(out, (osi_plane){5, 6}, ramp, (osi_plane){5, 6}, 0, 100);
    for (int i = 0; i < 30; i++)
        cr_expect(eq(i16, out[i], OSARC_OUTSIDE));
}
