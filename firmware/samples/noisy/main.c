/* Prints without end. */
#include "sample.h"

void main(void)
{
    if (!services())
        return;
    for (uint32_t line = 1;; line++)
        say("[noisy] line %u: the quick brown fox jumps over the lazy dog\n", line);
}
