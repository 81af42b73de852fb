/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PAGE_WORDS_H
#define REPORT_PAGE_WORDS_H

#include <osarc/patient_report.h>

/* The text that stands for a key (a quantity, level, state, class or phrase) in a language; NULL
 * when the key is none of them. Static. */
const char *page_word_find(const char *key, osarc_language language);

/* Keys there are, for tests: borrowed, NULL past the end. */
const char *page_word_key(size_t index);

#endif
