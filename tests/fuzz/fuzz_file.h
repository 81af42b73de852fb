/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>

/** What libFuzzer, or the replay, calls with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** The bytes as a file of that ending; the same path each time, removed at exit. */
const char *fuzz_file(const uint8_t *bytes, size_t size, const char *ending);

#endif
