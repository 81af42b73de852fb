/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_DCMTK_HPP
#define OSI_DICOM_DCMTK_HPP

/* DCMTK made safe to call: quiet, its codecs there, its conditions turned into failures. */

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>

#include <osi/guard.hpp>

namespace osi
{

/** Throws a failure when a condition is bad. */
inline void check(const OFCondition &condition, const char *doing)
{
    if (condition.good())
        return;
    osarc_status status = condition == EC_MemoryExhausted ? OSARC_ERR_MEMORY : OSARC_ERR_FORMAT;
    throw failure{status, std::string(doing) + ": " + condition.text()};
}

/** Silences the library's own log and registers its decoders, once in a process. */
void prepare_dcmtk();

} // namespace osi

#endif
