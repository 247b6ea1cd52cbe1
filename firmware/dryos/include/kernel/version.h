/* What the firmware calls itself. */
#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

#define FIRMWARE_VERSION "1.0"

#endif
