/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dcmtk.hpp"

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

namespace
{

/* The library's list of codecs is one for the process; it is emptied when that ends. */
class codecs
{
  public:
    codecs()
    {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        DcmRLEDecoderRegistration::registerCodecs();
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
    }

    ~codecs()
    {
        DJLSDecoderRegistration::cleanup();
        DJDecoderRegistration::cleanup();
        DcmRLEDecoderRegistration::cleanup();
    }

    codecs(const codecs &) = delete;
    codecs &operator=(const codecs &) = delete;
};

} // namespace

namespace osi
{

void prepare_dcmtk()
{
    static const codecs registered;
    static_cast<void>(registered);
}

} // namespace osi
