/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_EXPORT_H
#define OSARC_EXPORT_H

/**
 * @file export.h
 * Linkage of the public functions.
 */

#ifdef __cplusplus
#define OSARC_BEGIN_DECLS extern "C" {
#define OSARC_END_DECLS   }
#else
#define OSARC_BEGIN_DECLS
#define OSARC_END_DECLS
#endif

#if defined(__GNUC__)
#define OSARC_API               __attribute__((visibility("default")))
#define OSARC_MUST_CHECK        __attribute__((warn_unused_result))
#define OSARC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define OSARC_API
#define OSARC_MUST_CHECK
#define OSARC_PRINTF(fmt, args)
#endif

#endif
