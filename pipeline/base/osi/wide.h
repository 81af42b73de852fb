/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_WIDE_H
#define OSI_WIDE_H

/*
 * A loop over numbers, compiled a second time for processors with vectors of 32 bytes. Nothing is
 * contracted, so both give the same bytes.
 */
#if defined(__x86_64__) && defined(__ELF__) && defined(__GNUC__) && !defined(__clang__) &&         \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OSI_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define OSI_WIDE
#endif

#endif
