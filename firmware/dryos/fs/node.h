/* Open files: one node per file, however often it is open. The volume's lock is held. */
#ifndef FS_NODE_H
#define FS_NODE_H

#include "folder.h"

#define LARGEST_FILE 0xFFFFFFFFu

struct node {
    struct node *next;
    struct volume *volume;
    uint32_t mounts; /* of the volume, when it was opened */
    uint32_t users;
    struct place place; /* of its entry */
    uint32_t first;     /* cluster; NO_CLUSTER = no content yet */
    uint32_t bytes;
    bool changed; /* first, bytes or content differ from what the entry says */

    /* The last cluster that was looked up, so that going on from there is quick. */
    uint32_t known_index, known_cluster;

    /* One sector of content, for what is not whole sectors. */
    uint8_t *buffer;
    uint32_t buffer_sector; /* 0 = none */
    bool buffer_changed;
};

/* The file at an entry; another user if it is open already. 0 when there is no memory. */
struct node *node_open(struct volume *volume, const struct place *place, const struct slot *entry);
/* A file that no entry leads to yet. */
struct node *node_detached(struct volume *volume);
/* Ends a use of which nothing is to be written. */
void node_drop(struct node *node);
/* The file of this entry if it is open, else 0. */
struct node *node_find(const struct volume *volume, const struct place *place);
static inline bool node_is_open(const struct volume *volume, const struct place *place)
{
    return node_find(volume, place) != NULL;
}
/* What was written is on the card and in the entry. */
int node_commit(struct node *node);
/* True while the volume is the one the file was opened on. */
bool node_is_alive(const struct node *node);
/* Ends one use: commits, if the node is alive. */
int node_close(struct node *node);

/* Cluster number `index` of the file; NO_CLUSTER when the chain is shorter. */
int node_cluster(struct node *node, uint32_t index, uint32_t *cluster);
/* As many clusters as the file has in one row from number `index` on, at most `most`. */
int node_run(struct node *node, uint32_t index, uint32_t most, struct run *run);
int node_flush_buffer(struct node *node);

/* file.c: content. Results: bytes, or an error below 0 if there were none. */
int file_read(struct node *node, uint32_t position, void *buffer, uint32_t bytes);
int file_write(struct node *node, uint32_t position, const void *buffer, uint32_t bytes);
int file_truncate(struct node *node, uint32_t bytes);

#endif
