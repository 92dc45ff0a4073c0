// The one function of Brotli's encoder that is called. The library is there wherever libcurl is; its headers would be a package more.
#include <stddef.h>
#include <stdint.h>

/// Writes what `input` is, compressed, to `output`, whose size goes in and out through `output_size`. Answers whether there was room.
/// `quality` is at most 11, `window` the logarithm of how far it looks back; `mode` 1 is for text.
int BrotliEncoderCompress(int quality, int window, int mode, size_t input_size, const uint8_t *input, size_t *output_size, uint8_t *output);
