/* Console: semihosting SYS_WRITE0, which other emulators have too. */
#include "kernels.h"

void console_write(const char *text)
{
    register uint32_t operation __asm__("r0") = 4;
    register const char *argument __asm__("r1") = text;
#ifdef __thumb__
    __asm__ volatile("svc 0xAB" : "+r"(operation) : "r"(argument) : "memory");
#else
    __asm__ volatile("svc 0x123456" : "+r"(operation) : "r"(argument) : "memory");
#endif
}
