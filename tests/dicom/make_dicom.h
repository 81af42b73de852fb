/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_MAKE_DICOM_H
#define OSARC_TEST_MAKE_DICOM_H

/* Small DICOM files written byte by byte, so that what is in them is known. */

#include <stddef.h>
#include <stdint.h>

#define MAKE_BYTES ((size_t) 1 << 18)

typedef struct dicom_bytes {
    uint8_t data[MAKE_BYTES];
    size_t size;
    int implicit;
    int big_endian;
} dicom_bytes;

/** One CT slice; all-zero is a good axial one of 4 x 3 pixels at z = 0. */
typedef struct ct_slice {
    double z_mm;
    const char *position; /**< "x\\y\\z"; NULL: -10\-20\z; "" leaves the element out, as below. */
    const char *orientation; /**< NULL: axial. */
    const char *spacing;     /**< NULL: 0.5\0.5. */
    const char *thickness;   /**< NULL: 2. */
    const char *slope;       /**< NULL: 1. */
    const char *intercept;   /**< NULL: -1024. */
    const char *rescale_type;
    const char *study;
    const char *series;
    const char *patient;
    const char *frame_of_reference;
    const char *image_type; /**< NULL: ORIGINAL\PRIMARY\AXIAL. */
    const char *kernel;
    const char *kvp;
    const char *acquisition;
    const char *age;
    const char *height;
    const char *weight;
    const char *agent;
    const char *modality;  /**< NULL: CT. */
    const char *sop_class; /**< NULL: CT image storage. */
    const char *syntax;    /**< NULL: explicit little endian. */
    uint16_t rows;
    uint16_t columns;
    uint16_t bits_stored; /**< 0: 16. */
    int is_unsigned;
    int has_padding;
    uint16_t padding;
    uint16_t base;      /**< Stored value of pixel i is base + i. */
    size_t pixel_bytes; /**< 0: as many as there should be. */
    int no_pixels;
} ct_slice;

void put_text(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr, const char *text);
void put_u16(dicom_bytes *to, uint16_t group, uint16_t element, uint16_t value);
void put_raw(dicom_bytes *to, const void *bytes, size_t size);
/** Tag, representation and length of a value that the caller puts. */
void put_head(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr, uint32_t length);
/** An item or a delimiter. */
void put_item(dicom_bytes *to, uint16_t element, uint32_t length);

/** Preamble and meta header. */
void put_start(dicom_bytes *to, const char *sop_class, const char *syntax);

/** A whole file. */
void make_ct(dicom_bytes *to, const ct_slice *slice);

/**
 * An enhanced CT: frame i lies at 3 * place[i] mm, its pixels are base + 100 * place[i] + index.
 * 4 x 3 pixels, 16 bit signed, intercept -1024.
 */
void make_enhanced(dicom_bytes *to, const int *place, int count, uint16_t base);

/** One 16-bit slice of 4 x 3 pixels compressed by run lengths; pixel i is base + i. */
void make_rle(dicom_bytes *to, const ct_slice *slice);

/** A new folder, removed by remove_folder; static text. */
const char *make_folder(void);
void remove_folder(const char *folder);

/** Writes bytes as folder/name. */
void save(const char *folder, const char *name, const void *bytes, size_t size);

/** make_ct and save. */
void save_ct(const char *folder, const char *name, const ct_slice *slice);

#endif
