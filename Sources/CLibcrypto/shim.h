#pragma once
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* Macros of casts, which Swift does not import. */
static const int skewwatch_public_key_selection = EVP_PKEY_PUBLIC_KEY;
static const int skewwatch_ed25519_key_type = EVP_PKEY_ED25519;

/* Names of parameters: libcrypto keeps the pointers, so they must not be Swift's passing copies. */
static const char *const skewwatch_name_of_modulus = OSSL_PKEY_PARAM_RSA_N;
static const char *const skewwatch_name_of_exponent = OSSL_PKEY_PARAM_RSA_E;
static const char *const skewwatch_name_of_group = OSSL_PKEY_PARAM_GROUP_NAME;
static const char *const skewwatch_name_of_point = OSSL_PKEY_PARAM_PUB_KEY;
static const char *const skewwatch_name_of_p256 = "prime256v1";
static const char *const skewwatch_name_of_p384 = "secp384r1";
static const char *const skewwatch_name_of_p521 = "secp521r1";
