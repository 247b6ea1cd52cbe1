/* Camera settings in words. Codes are Canon's raw values: steps of 1/8. */
#ifndef VALUES_H
#define VALUES_H

#include <stdint.h>

#define VALUE_CHARS 32u

/* Each writes at most VALUE_CHARS with the final zero. */
void say_mode(char *out, uint32_t raw);
void say_shutter(char *out, uint32_t raw);
void say_aperture(char *out, uint32_t raw);
void say_iso(char *out, uint32_t raw);
void say_exposure_compensation(char *out, uint32_t raw);
void say_white_balance(char *out, uint32_t raw);
void say_af_mode(char *out, uint32_t raw);
void say_drive(char *out, uint32_t raw);
void say_picture_style(char *out, uint32_t raw);

#endif
