/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>

#include "page_notes.h"

static osarc_error err = OSARC_ERROR_INIT;

static void expect_note(const char *text, osarc_language language, const char *wanted)
{
    osi_text out = {0};
    EXPECT_OK(page_note_add(&out, text, strlen(text), language, &err));
    cr_expect(eq(str, out.data, (char *) wanted));
    osi_free(out.data);
}

Test(report_page_notes, keep_their_numbers_in_chinese)
{
    expect_note("half interval in mg/cm3: fit 26.78, noise 5.05, placement 12.74",
                OSARC_LANGUAGE_ZH, "半区间（mg/cm3）：拟合 26.78，噪声 5.05，定位 12.74");
    expect_note("140 kVp: windows hold for 120 kVp", OSARC_LANGUAGE_ZH,
                "140 kVp：HU 窗针对 120 kVp");
    expect_note("mean of L1, L2", OSARC_LANGUAGE_ZH, "L1, L2的均值");
    expect_note("muscle: 51.3 HU for 43.1 HU expected, residual 8.22 HU", OSARC_LANGUAGE_ZH,
                "muscle：51.3 HU，预期 43.1 HU，残差 8.22 HU");
}

Test(report_page_notes, stay_as_they_are_where_nothing_is_known_of_them)
{
    expect_note("words that nobody wrote", OSARC_LANGUAGE_ZH, "words that nobody wrote");
    expect_note(" kVp: windows hold for 120 kVp", OSARC_LANGUAGE_ZH,
                " kVp: windows hold for 120 kVp");
    expect_note("mean of ", OSARC_LANGUAGE_ZH, "mean of ");
    expect_note("mean of L1, L2", OSARC_LANGUAGE_EN, "mean of L1, L2");
}

static size_t stars_in(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '*';
    return count;
}

Test(report_page_notes, lose_no_number_and_stand_once)
{
    const char *en, *zh, *other, *none;
    for (size_t i = 0; page_note_at(i, &en, &zh); i++) {
        cr_expect(eq(sz, stars_in(en), stars_in(zh)), "%s", en);
        cr_expect(le(sz, stars_in(en), 5u), "%s", en);
        for (size_t k = 0; k < i && page_note_at(k, &other, &none); k++)
            cr_expect(strcmp(en, other) != 0, "%s stands twice", en);
    }
}
