/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>

#include "facts.h"
#include "hu.h"

__attribute__((format(printf, 4, 5))) static osi_verdict
say(osarc_decision decision, osarc_status status, const char *reason, const char *format, ...)
{
    osi_verdict verdict = {.decision = decision, .status = status, .reason = reason};
    va_list args;
    va_start(args, format);
    vsnprintf(verdict.text, sizeof(verdict.text), format, args);
    va_end(args);
    return verdict;
}

static osi_verdict judge_ct(const osi_file *file)
{
    const osi_header *header = file->header;
    const osi_pixels *pixels = &header->pixels;
    osarc_error why = OSARC_ERROR_INIT;
    if (header->truncated && pixels->rows == 0)
        return say(OSARC_DECISION_UNREADABLE, OSARC_ERR_FORMAT, "damaged",
                   "%s is CT, but its header is cut short", file->name);
    if (pixels->offset == 0 && !header->truncated)
        return say(OSARC_DECISION_REFUSED, OSARC_ERR_FORMAT, "no_pixels", "%s has no pixel data",
                   file->name);
    osarc_status status = osi_pixels_check(pixels, &why);
    if (status)
        return say(OSARC_DECISION_REFUSED, status, "pixel_layout", "%s: %s", file->name, why.text);
    if (pixels->packing == OSI_PACKING_UNKNOWN)
        return say(OSARC_DECISION_REFUSED, OSARC_ERR_UNSUPPORTED, "transfer_syntax",
                   "%s is compressed in a way that is not supported: transfer syntax %s",
                   file->name, pixels->syntax_uid);
    if (pixels->offset && pixels->open != (pixels->packing != OSI_PACKING_NATIVE))
        return say(OSARC_DECISION_REFUSED, OSARC_ERR_FORMAT, "transfer_syntax",
                   "%s does not hold pixels in the transfer syntax it states (%s)", file->name,
                   pixels->syntax_uid[0] ? pixels->syntax_uid : "none");
    if (header->has_modality_lut)
        return say(OSARC_DECISION_REFUSED, OSARC_ERR_UNIT, "modality_lut",
                   "%s has a modality lookup table in place of a rescale to HU", file->name);
    if (pixels->frames == 0 || header->frame_count != pixels->frames)
        return say(OSARC_DECISION_REFUSED, OSARC_ERR_FORMAT, "frames",
                   "%s states %u frames and describes %zu", file->name, pixels->frames,
                   header->frame_count);
    return say(OSARC_DECISION_USABLE, OSARC_OK, "usable", "%s", "");
}

osi_verdict osi_file_judge(const osi_file *file)
{
    if (file->reason)
        return say(OSARC_DECISION_UNREADABLE, file->view.status, file->reason, "%s: %s", file->name,
                   file->text);
    if (file->is_labels)
        return say(OSARC_DECISION_NOT_A_VOLUME, OSARC_ERR_UNSUPPORTED, "label_map", "%s",
                   "bytes from 0 to 255: a label map or a picture, not CT numbers");
    if (file->is_nifti)
        return say(OSARC_DECISION_USABLE, OSARC_OK, "usable", "%s", "");
    osi_kind kind = file->header->kind;
    if (file->report.count && kind != OSI_KIND_CT && kind != OSI_KIND_DXA)
        return say(
            OSARC_DECISION_DXA_REPORT, OSARC_OK, "dxa_report",
            "results of densitometry: %zu taken over, %zu refused; %zu numbers of other kinds "
            "left out",
            osarc_dxa_report_taken(&file->report),
            file->report.count - osarc_dxa_report_taken(&file->report), file->report.ignored);
    if (kind != OSI_KIND_CT && file->dxa_fault)
        return say(OSARC_DECISION_NOT_A_VOLUME, OSARC_ERR_UNSUPPORTED, file->dxa_reason,
                   "%s; as one of the two energies of a densitometer it is refused: %s",
                   osi_kind_text(kind), file->dxa_fault);
    if (kind != OSI_KIND_CT)
        return say(OSARC_DECISION_NOT_A_VOLUME, OSARC_ERR_UNSUPPORTED, osi_kind_word(kind), "%s",
                   osi_kind_text(kind));
    return judge_ct(file);
}

int osi_file_has_slices(const osi_file *file)
{
    return file->header && !file->reason && file->header->kind == OSI_KIND_CT &&
           judge_ct(file).decision == OSARC_DECISION_USABLE;
}
