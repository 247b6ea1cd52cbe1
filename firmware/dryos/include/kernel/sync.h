/*
 * Semaphores, recursive locks, message queues.
 *
 * Timeouts are milliseconds, FOREVER (0) waits for ever. Taking, receiving and acquiring may sleep: tasks only.
 * Giving and posting never sleep and are safe in a handler of an interrupt.
 */
#ifndef KERNEL_SYNC_H
#define KERNEL_SYNC_H

#include <stdint.h>

#include "kernel/task.h"

enum wait_result { WAIT_OK = 0, WAIT_TIMEOUT = 9, WAIT_BAD_HANDLE = 7, WAIT_FULL = 0x13 };

struct semaphore;
struct semaphore *semaphore_create(const char *name, uint32_t count); /* 0 when there is no memory */
int semaphore_take(struct semaphore *semaphore, uint32_t timeout_ms);
int semaphore_give(struct semaphore *semaphore);
void semaphore_delete(struct semaphore *semaphore); /* those that wait get WAIT_BAD_HANDLE */

struct lock;
struct lock *lock_create(const char *name); /* the same task may acquire it again */
int lock_acquire(struct lock *lock, uint32_t timeout_ms);
int lock_release(struct lock *lock);

struct queue;
struct queue *queue_create(const char *name, uint32_t capacity); /* of 32-bit words */
int queue_receive(struct queue *queue, uint32_t *word, uint32_t timeout_ms);
int queue_post(struct queue *queue, uint32_t word); /* WAIT_FULL when there is no room */
uint32_t queue_count(const struct queue *queue);

#endif
