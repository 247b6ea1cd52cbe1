/* Never ends: spins with the interrupts masked, as a program that waits for something that does not come. */
#include "sample.h"

void main(void)
{
    if (!services())
        return;
    say("[hang] spinning on %s\n", services()->camera()->name);
    for (volatile uint32_t turns = 0;; turns++)
        ;
}
