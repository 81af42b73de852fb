/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_GUARD_HPP
#define OSI_GUARD_HPP

/* The one barrier between C++ exceptions and the C rooms. */

#include <exception>
#include <new>
#include <string>
#include <utility>

#include <osi/fail.h>

namespace osi
{

struct failure {
    osarc_status status;
    std::string text;
};

template <class Body> osarc_status guard(osarc_error *err, const char *doing, Body &&body) noexcept
{
    try {
        std::forward<Body>(body)();
        return OSARC_OK;
    } catch (const failure &e) {
        return osi_fail(err, e.status, "%s: %s", doing, e.text.c_str());
    } catch (const std::bad_alloc &) {
        return osi_fail(err, OSARC_ERR_MEMORY, "%s: out of memory", doing);
    } catch (const std::exception &e) {
        return osi_fail(err, OSARC_ERR_INTERNAL, "%s: %s", doing, e.what());
    } catch (...) {
        return osi_fail(err, OSARC_ERR_INTERNAL, "%s: unknown exception", doing);
    }
}

} // namespace osi

#endif
