/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/digest.h>

/* The examples published with the standard: FIPS 180-2, appendix B. */
static const char ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char TWO_BLOCKS[] = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
static const char MILLION_A[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
static const char NOTHING[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Test(base_digest, gives_the_published_digest_of_short_texts)
{
    osarc_error err = OSARC_ERROR_INIT;
    char out[OSI_SHA256_SIZE];
    EXPECT_OK(osi_sha256(out, "abc", 3, &err));
    cr_expect(eq(str, out, (char *) ABC));
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    EXPECT_OK(osi_sha256(out, two, strlen(two), &err));
    cr_expect(eq(str, out, (char *) TWO_BLOCKS));
    EXPECT_OK(osi_sha256(out, NULL, 0, &err));
    cr_expect(eq(str, out, (char *) NOTHING));
}

Test(base_digest, adds_up_parts_of_any_size)
{
    osarc_error err = OSARC_ERROR_INIT;
    char out[OSI_SHA256_SIZE];
    char part[997];
    memset(part, 'a', sizeof(part));
    osi_digest *digest = NULL;
    EXPECT_OK(osi_digest_create(&digest, &err));
    for (int round = 0; round < 2; round++) { /* the second: finish starts anew */
        size_t left = 1000000;
        while (left) {
            size_t count = left < sizeof(part) ? left : sizeof(part);
            EXPECT_OK(osi_digest_add(digest, part, count, &err));
            left -= count;
        }
        EXPECT_OK(osi_digest_finish(out, digest, &err));
        cr_expect(eq(str, out, (char *) MILLION_A));
    }
    EXPECT_OK(osi_digest_finish(out, digest, &err));
    cr_expect(eq(str, out, (char *) NOTHING));
    osi_digest_free(digest);
    osi_digest_free(NULL);
}

Test(base_digest, refuses_what_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    char out[OSI_SHA256_SIZE];
    EXPECT_REFUSED(osi_sha256(NULL, "a", 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_sha256(out, NULL, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_digest_create(NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_digest_add(NULL, "a", 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_digest_finish(out, NULL, &err), OSARC_ERR_ARGUMENT);
}

/* RFC 4648, section 10 */
Test(base_digest, base64_is_that_of_the_standard)
{
    static const char *const CASES[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    osarc_error err = OSARC_ERROR_INIT;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char *text = NULL;
        size_t size = 0;
        EXPECT_OK(osi_base64(&text, &size, CASES[i][0], strlen(CASES[i][0]), &err));
        cr_expect(eq(str, text, (char *) CASES[i][1]));
        cr_expect(eq(sz, size, strlen(CASES[i][1])));
        osi_free(text);
    }
}

Test(base_digest, base64_of_too_much_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    char *text = NULL;
    size_t size = 0;
    EXPECT_REFUSED(osi_base64(&text, &size, "", ((size_t) 1 << 30) + 1, &err), OSARC_ERR_MEMORY);
    cr_expect(text == NULL);
}
