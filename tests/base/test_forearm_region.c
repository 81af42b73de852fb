/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa.h>
#include <osarc/forearm_region.h>

/* 20 mm about a third of 255; 15 mm from 10 on; what lies between them. */
Test(base_forearm_region, regions_lie_at_their_distances)
{
    double ends[2];
    osarc_forearm_region_ends(ends, OSARC_FOREARM_THIRD, 255);
    cr_expect(all(eq(dbl, ends[0], 75), eq(dbl, ends[1], 95)));
    osarc_forearm_region_ends(ends, OSARC_FOREARM_MID, 255);
    cr_expect(all(eq(dbl, ends[0], 25), eq(dbl, ends[1], 75)));
    osarc_forearm_region_ends(ends, OSARC_FOREARM_ULTRADISTAL, NAN);
    cr_expect(all(eq(dbl, ends[0], 10), eq(dbl, ends[1], 25)));
    osarc_forearm_region_ends(ends, OSARC_FOREARM_THIRD, NAN);
    cr_expect(isnan(ends[0]) && isnan(ends[1]));
}

Test(base_forearm_region, names_and_labels_go_together)
{
    size_t count = 0;
    const osarc_label *labels = osarc_forearm_region_labels(&count);
    cr_expect(eq(sz, count, (size_t) 6));
    for (size_t i = 0; i < count; i++)
        cr_expect(eq(sz, (size_t) labels[i].number, i));
    cr_expect(eq(str, (char *) osarc_forearm_region_name(OSARC_FOREARM_THIRD), "radius-33"));
    cr_expect(eq(str, (char *) labels[1 + OSARC_FOREARM_THIRD].name, "radius_33"));
    cr_expect(eq(ptr, (void *) osarc_forearm_region_name((osarc_forearm_region) 3), NULL));
    cr_expect(eq(ptr, (void *) osarc_forearm_region_name((osarc_forearm_region) -1), NULL));
}

Test(base_forearm_region, sides_are_read_from_protocols)
{
    cr_expect(eq(int, (int) osarc_dxa_side_of("Left Forearm"), OSARC_SIDE_LEFT));
    cr_expect(eq(int, (int) osarc_dxa_side_of("forearm RIGHT"), OSARC_SIDE_RIGHT));
    cr_expect(eq(int, (int) osarc_dxa_side_of("Forearm"), OSARC_SIDE_UNKNOWN));
    cr_expect(eq(int, (int) osarc_dxa_side_of("left or right forearm"), OSARC_SIDE_UNKNOWN));
    cr_expect(eq(int, (int) osarc_dxa_side_of(NULL), OSARC_SIDE_UNKNOWN));
}
