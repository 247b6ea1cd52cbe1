/* Console: the register that Magic Lantern prints characters through in an emulated camera. */
#include "kernels.h"

#define PRINT_CHAR (*(volatile uint32_t *)0xC0123400)

void console_write(const char *text)
{
    while (*text)
        PRINT_CHAR = (uint8_t)*text++;
}
