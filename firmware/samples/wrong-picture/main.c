/* The picture of `hello` with one band in another colour, for a test that must notice. */
#include "greeting.h"

#define SPOILT_BAND 2

void main(void)
{
    if (!services())
        return;
    say("[wrong-picture] Hello from %s\n", services()->camera()->name);
    draw_greeting(SPOILT_BAND);
    say("[wrong-picture] picture drawn\n");
    power_down("wrong-picture");
}
