/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_EXPECT_H
#define OSARC_TEST_EXPECT_H

/* The two verbs most tests need. Both expect a variable `osarc_error err` in scope. */

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <osarc/base.h>

#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        osarc_status expect_status_ = (call);                                                      \
        cr_assert(expect_status_ == OSARC_OK, "%s: %s", osarc_status_name(expect_status_),         \
                  err.text);                                                                       \
    } while (0)

#define EXPECT_REFUSED(call, wanted)                                                               \
    do {                                                                                           \
        err.text[0] = '\0';                                                                        \
        osarc_status expect_status_ = (call);                                                      \
        cr_assert(expect_status_ == (wanted), "got %s (%s), wanted %s",                            \
                  osarc_status_name(expect_status_), err.text, osarc_status_name(wanted));         \
        cr_assert(err.text[0] != '\0', "a refusal without a text");                                \
    } while (0)

#endif
