/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/digest.h>

#include <openssl/evp.h>

#include <osi/alloc.h>
#include <osi/fail.h>

struct osi_digest {
    EVP_MD_CTX *context;
};

static osarc_status fail_openssl(osarc_error *err)
{
    return osi_fail(err, OSARC_ERR_INTERNAL, "the system's OpenSSL gives no SHA-256");
}

static void print_hex(char out[OSI_SHA256_SIZE], const unsigned char bytes[EVP_MAX_MD_SIZE])
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < (OSI_SHA256_SIZE - 1) / 2; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    out[OSI_SHA256_SIZE - 1] = '\0';
}

osarc_status osi_digest_create(osi_digest **out, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = osi_alloc(1, sizeof(**out), err);
    if (!*out)
        return OSARC_ERR_MEMORY;
    (*out)->context = EVP_MD_CTX_new();
    if (!(*out)->context || EVP_DigestInit_ex((*out)->context, EVP_sha256(), NULL) != 1) {
        osi_digest_free(*out);
        *out = NULL;
        return fail_openssl(err);
    }
    return OSARC_OK;
}

osarc_status osi_digest_add(osi_digest *digest, const void *bytes, size_t size, osarc_error *err)
{
    if (!digest || (!bytes && size))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "digest and bytes are needed");
    if (size && EVP_DigestUpdate(digest->context, bytes, size) != 1)
        return fail_openssl(err);
    return OSARC_OK;
}

osarc_status osi_digest_finish(char out[OSI_SHA256_SIZE], osi_digest *digest, osarc_error *err)
{
    if (!out || !digest)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out and digest are needed");
    out[0] = '\0';
    unsigned char bytes[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(digest->context, bytes, NULL) != 1 ||
        EVP_DigestInit_ex(digest->context, NULL, NULL) != 1)
        return fail_openssl(err);
    print_hex(out, bytes);
    return OSARC_OK;
}

void osi_digest_free(osi_digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    osi_free(digest);
}

osarc_status osi_sha256(char out[OSI_SHA256_SIZE], const void *bytes, size_t size, osarc_error *err)
{
    if (!out || (!bytes && size))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out and bytes are needed");
    out[0] = '\0';
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(size ? bytes : "", size, digest, NULL, EVP_sha256(), NULL) != 1)
        return fail_openssl(err);
    print_hex(out, digest);
    return OSARC_OK;
}

osarc_status osi_base64(char **out, size_t *size_out, const void *bytes, size_t size,
                        osarc_error *err)
{
    *out = NULL;
    if (size > (size_t) 1 << 30)
        return osi_fail(err, OSARC_ERR_MEMORY, "base64 of %zu bytes", size);
    char *text = osi_alloc_raw((size + 2) / 3 * 4 + 1, 1, err);
    if (!text)
        return OSARC_ERR_MEMORY;
    *size_out = (size_t) EVP_EncodeBlock((unsigned char *) text, bytes, (int) size);
    *out = text;
    return OSARC_OK;
}
