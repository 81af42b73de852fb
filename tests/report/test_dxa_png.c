/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/report.h>
#include <osi/alloc.h>
#include <osi/file.h>

static osarc_error err = OSARC_ERROR_INIT;
static float values[40 * 60];
static uint8_t labels[40 * 60];

static osarc_dxa_panel make_panel(void)
{
    static const osarc_label NAMES[] = {{29, "L3"}};
    for (size_t i = 0; i < 2400; i++) {
        values[i] = (float) (i % 40) / 40;
        labels[i] = i % 40 > 10 && i % 40 < 30 && i / 40 > 20 && i / 40 < 40 ? 29 : 0;
    }
    values[5] = NAN;
    return (osarc_dxa_panel){.caption = "bone",
                             .values = values,
                             .labels = labels,
                             .names = NAMES,
                             .name_count = 1,
                             .columns = 40,
                             .rows = 60,
                             .spacing_mm = {3, 3},
                             .low = 0,
                             .high = 1};
}

/* Memory that was used before must not show: what is not drawn is background. */
Test(report_dxa_png, draws_the_same_bytes_whatever_memory_held)
{
    char path[] = "/tmp/osarc_dxa_png_XXXXXX";
    osarc_dxa_panel panels[2] = {make_panel(), make_panel()};
    uint8_t *bytes[2];
    size_t sizes[2];
    close(mkstemp(path));
    for (int i = 0; i < 2; i++) {
        uint8_t *dirt = osi_alloc_raw(1 << 24, 1, &err);
        cr_assert(dirt != NULL);
        memset(dirt, i ? 0xA5 : 0x3C, 1 << 24);
        osi_free(dirt);
        EXPECT_OK(osarc_report_dxa_png(panels, 2, "series 1", 1, path, &err));
        EXPECT_OK(osi_file_read(&bytes[i], &sizes[i], path, 1 << 24, &err));
    }
    cr_expect(eq(sz, sizes[0], sizes[1]));
    cr_expect(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
    cr_expect(memcmp(bytes[0], "\x89PNG", 4) == 0);
    osi_free(bytes[0]);
    osi_free(bytes[1]);
    unlink(path);
}

Test(report_dxa_png, refuses_panels_that_cannot_be_drawn)
{
    osarc_dxa_panel good = make_panel();
    osarc_dxa_panel bad = good;
    const char *path = "/tmp/osarc_no_picture.png";
    bad.values = NULL;
    EXPECT_REFUSED(osarc_report_dxa_png(&bad, 1, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    bad = good;
    bad.high = bad.low;
    EXPECT_REFUSED(osarc_report_dxa_png(&bad, 1, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    bad = good;
    bad.spacing_mm[1] = NAN;
    EXPECT_REFUSED(osarc_report_dxa_png(&bad, 1, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_dxa_png(&good, 0, "", 1, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_dxa_png(&good, 1, "", 1, NULL, &err), OSARC_ERR_ARGUMENT);
    cr_expect(access(path, F_OK) != 0);
}
