/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>
#include <osi/alloc.h>

#include "utf8.h"

#define BAD "\xEF\xBF\xBD" /* U+FFFD */

static void expect_becomes(const char *text, const char *wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_text out = {0};
    EXPECT_OK(utf8_add(&out, text, &err));
    cr_expect(eq(str, out.data ? out.data : "", (char *) wanted));
    osi_free(out.data);
}

Test(report_utf8, lets_text_in_any_script_through)
{
    expect_becomes("plain", "plain");
    expect_becomes("M\xC3\xBCller", "M\xC3\xBCller");
    expect_becomes("\xE5\xB1\xB1\xE7\x94\xB0", "\xE5\xB1\xB1\xE7\x94\xB0");
    expect_becomes("\xF0\x9F\xA6\xB4", "\xF0\x9F\xA6\xB4");
    expect_becomes("\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"); /* the last there is */
    expect_becomes("", "");
    expect_becomes(NULL, "");
}

Test(report_utf8, marks_each_byte_that_is_no_utf_8)
{
    expect_becomes("M\xFCller", "M" BAD "ller");         /* Latin-1 */
    expect_becomes("\x80", BAD);                         /* a tail alone */
    expect_becomes("a\xC3", "a" BAD);                    /* cut off */
    expect_becomes("\xE5\xB1", BAD BAD);                 /* cut off later */
    expect_becomes("\xC0\xAF", BAD BAD);                 /* overlong */
    expect_becomes("\xE0\x80\xAF", BAD BAD BAD);         /* overlong */
    expect_becomes("\xF0\x80\x80\xAF", BAD BAD BAD BAD); /* overlong */
    expect_becomes("\xED\xA0\x80", BAD BAD BAD);         /* a surrogate */
    expect_becomes("\xF4\x90\x80\x80", BAD BAD BAD BAD); /* past the end */
    expect_becomes("\xF5\x80\x80\x80z", BAD BAD BAD BAD "z");
}

Test(report_utf8, fails_when_memory_does)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_text out = {0};
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(utf8_add(&out, "a", &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
    osi_free(out.data);
}
