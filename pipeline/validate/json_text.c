/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_text.h"

#include <math.h>

#include <osi/fail.h>
#include <osi/text.h>

json_t *osi_json_number(double value)
{
    return isfinite(value) ? json_real(value == 0 ? 0 : value) : json_null();
}

osarc_status osi_json_print(char **out, json_t *whole, size_t digits, osarc_error *err)
{
    char *text = whole ? json_dumps(whole, JSON_INDENT(1) | JSON_REAL_PRECISION(digits)) : NULL;
    json_decref(whole);
    if (!text)
        return osi_fail(err, OSARC_ERR_FORMAT, "JSON: a name is not UTF-8, or out of memory");
    osi_text copy = {0};
    osarc_status status = osi_text_printf(&copy, err, "%s\n", text);
    json_free_t free_text;
    json_get_alloc_funcs(NULL, &free_text);
    free_text(text);
    *out = copy.data;
    return status;
}
