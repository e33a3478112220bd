/* Times commands against each other: timer ROUNDS COMMAND [ARG...] ++ COMMAND [ARG...] ++ ...
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands take turns, so that a busy moment meets all of them, in another order each time, so that none
 * always runs after one that leaves it cold caches. For each, one line on stdout: median and minimum of the
 * wall clock in milliseconds, median of the processors' time, the largest process in kB, the exit status.
 * Their output goes to /dev/null.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kMaxCommands = 16, kMaxRounds = 10000 };
extern char** environ;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double milliseconds(struct timeval t) {
  return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static int by_value(const void* a, const void* b) {
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/* Another order, the same at every run of this program. */
static void shuffle(int* order, int count) {
  static unsigned long seed = 42;
  for (int i = count - 1; i > 0; --i) {
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    const int other = (int)((seed >> 33) % (unsigned long)(i + 1));
    const int held = order[i];
    order[i] = order[other];
    order[other] = held;
  }
}

int main(int argc, char** argv) {
  static double times[kMaxCommands][kMaxRounds];
  static double busy[kMaxCommands][kMaxRounds];
  long largest[kMaxCommands] = {0};
  int status[kMaxCommands] = {0};
  char** commands[kMaxCommands];
  int count = 0;
  const int rounds = argc > 2 ? atoi(argv[1]) : 0;
  if (rounds < 1 || rounds > kMaxRounds) {
    fprintf(stderr, "usage: timer ROUNDS COMMAND [ARG...] ++ COMMAND [ARG...] ...\n");
    return 2;
  }
  commands[count++] = argv + 2;
  for (int i = 2; i < argc; ++i) {
    if (strcmp(argv[i], "++") != 0) continue;
    argv[i] = NULL;
    if (count < kMaxCommands) commands[count++] = argv + i + 1;
  }
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
  int order[kMaxCommands];
  for (int c = 0; c < count; ++c) order[c] = c;
  for (int round = -1; round < rounds; ++round) { /* the first one warms up and does not count */
    shuffle(order, count);
    for (int turn = 0; turn < count; ++turn) {
      const int c = order[turn];
      pid_t pid;
      struct rusage used;
      const double start = now();
      if (posix_spawnp(&pid, commands[c][0], &quiet, NULL, commands[c], environ) != 0) {
        fprintf(stderr, "timer: cannot start %s\n", commands[c][0]);
        return 1;
      }
      wait4(pid, &status[c], 0, &used);
      if (round < 0) continue;
      times[c][round] = now() - start;
      busy[c][round] = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
      if (used.ru_maxrss > largest[c]) largest[c] = used.ru_maxrss;
    }
  }
  for (int c = 0; c < count; ++c) {
    qsort(times[c], (size_t)rounds, sizeof times[c][0], by_value);
    qsort(busy[c], (size_t)rounds, sizeof busy[c][0], by_value);
    printf("%.3f %.3f %.3f %ld %d\n", times[c][rounds / 2], times[c][0], busy[c][rounds / 2], largest[c],
           WEXITSTATUS(status[c]));
  }
  return 0;
}
