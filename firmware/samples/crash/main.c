/* Reads from an address where no camera has anything: a data abort, reported by the boot ROM. */
#include "sample.h"

#define NOWHERE 0x7BAD0000u

void main(void)
{
    if (!services())
        return;
    say("[crash] about to read %08X on %s\n", NOWHERE, services()->camera()->name);
    uint32_t value = *(volatile uint32_t *)NOWHERE;
    say("[crash] still alive, read %08X\n", value);
}
