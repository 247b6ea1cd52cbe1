/* What should be on the card: files and folders by path, with content, and what of it a loss of power must leave. */
#ifndef HOST_MODEL_H
#define HOST_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/fio.h"

#define LONGEST_PATH 640

struct item {
    struct item *next;
    char path[LONGEST_PATH]; /* "B:/…", as the card lists it */
    bool folder;
    uint8_t *data;
    uint32_t bytes;
    int handles; /* how often it is open */
    bool tail;   /* it was open at a loss of power: it may own clusters behind its end */
    /* Open files: what was there when it was last closed or flushed, of which the first `safe` bytes were not written over. */
    uint8_t *kept;
    uint32_t kept_bytes, safe;
};

/* An open handle. */
struct use {
    struct fio_handle *handle;
    struct item *item; /* 0 = not open */
    uint64_t position;
    bool may_write;
};

#define USES 8

struct model {
    struct item *items;
    struct use uses[USES];
};

extern struct model model;

struct item *model_find(const char *path);
struct item *model_add(const char *path, bool folder);
void model_remove(struct item *item);
bool model_is_empty(const struct item *folder);
/* Everything below `from` is below `to` now, itself included. */
void model_rename(const char *from, const char *to);
void model_resize(struct item *item, uint32_t bytes);
void model_write(struct item *item, uint32_t position, const uint8_t *data, uint32_t bytes);
/* A loss of power leaves what the file has now. */
void model_keep(struct item *item);
uint32_t model_count(void);
struct item *model_pick(uint32_t number, bool folder);
/* Forgets everything; items are read from the card instead. */
void model_read_card(void);
/* What a card must have: `folder PATH`, `file BYTES SUM PATH`, `open BYTES SUM PATH` (the first bytes, at least). */
void model_print(const char *title);
/* Files that may own clusters behind their end: `tail PATH`. */
void model_print_tails(void);

/* True if two paths name the same. */
bool same_path(const char *left, const char *right);
/* The path of the folder something is in; false for what is in the root. */
bool parent_of(const char *path, char *parent);
/* A path as the card lists it: parts that fit 8.3 in upper case. */
void shown_path(char *out, const char *path);
uint64_t sum_of(const uint8_t *data, uint32_t bytes);

#endif
