#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>

/* Macros with casts or of other macros, which Swift does not import. */

/// A peer may not begin its handshake anew (CVE-2009-3555, and it costs us more than him), nor ask for compression (CVE-2012-4929).
static const uint64_t skewwatch_tls_options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE;
/// Buffers are given back while a session is idle; what a write did not take may come from another address next time.
static const long skewwatch_tls_modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;
